//! A module whose memory is counted.

use std::mem::size_of;
use std::ops::Deref;

use allocation_counter::measure;
use simless_module::Module;

/// What a module may hold, whatever came in (P5).
const CEILING: i64 = 128 * 1024;

/// Everything that changes the module goes through [`Metered::call`].
pub(crate) struct Metered {
    module: Module,
    /// Bytes it holds beside itself.
    held: i64,
}

impl Metered {
    pub(crate) fn new(make: impl FnOnce() -> Module) -> Self {
        let mut module = None;
        let info = measure(|| module = Some(make()));
        let module = module.expect("it was made");
        let held = info.bytes_current;
        Self { module, held }
    }

    /// Calls the module, and looks at what that cost (P5).
    pub(crate) fn call<R>(&mut self, call: impl FnOnce(&mut Module) -> R) -> R {
        let module = &mut self.module;
        let mut result = None;
        let info = measure(|| result = Some(call(module)));
        let own = i64::try_from(size_of::<Module>()).unwrap_or(i64::MAX);
        let most = own + self.held + i64::try_from(info.bytes_max).unwrap_or(i64::MAX);
        assert!(most <= CEILING, "P5: it held {most} bytes");
        self.held += info.bytes_current;
        result.expect("it was called")
    }
}

impl Deref for Metered {
    type Target = Module;

    fn deref(&self) -> &Module {
        &self.module
    }
}
