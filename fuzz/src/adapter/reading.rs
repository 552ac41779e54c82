//! Reading along: what the module says, with the byte that made it.

use std::time::Duration;

use simless_module::Profile;

use super::{Adapter, Cut};
use crate::dte::{self, Dte};

impl Adapter {
    /// Has its DTE say how the module shall speak, and from then on know what it may say.
    pub(crate) fn read_along(&mut self, profile: Profile) {
        self.say(dte::FIRST);
        self.pass(Duration::from_secs(1));
        self.heard = self.printed;
        // Cut into bytes, it is known what came of each of them.
        if self.cut == Cut::Bytes {
            self.dte = Some(Dte::new(profile));
        }
    }

    /// The module is at rest: nothing is owed any more.
    pub(crate) fn ends(&mut self) {
        if let Some(dte) = self.dte.take() {
            dte.ends();
        }
    }

    /// Reads what the module has said since, waiting or not; with the byte that it took, if any.
    pub(super) fn hear(&mut self, byte: Option<u8>) {
        let Some(dte) = &mut self.dte else { return };
        if byte.is_some_and(|byte| !dte.understands(byte)) {
            self.dte = None;
            return;
        }
        let mut slices = [&[][..]; 256];
        let count = self.module.uart_output(&mut slices);
        assert!(count < slices.len(), "P4: {count} slices wait for the DTE");
        let waiting: usize = slices[..count].iter().map(|slice| slice.len()).sum();
        let mut new = self.printed + waiting - self.heard;
        self.heard += new;
        let mut said = Vec::new();
        for slice in slices[..count].iter().rev() {
            let part = &slice[slice.len().saturating_sub(new)..];
            said.splice(..0, part.iter().copied());
            new -= part.len();
        }
        let state = self.module.snapshot().state;
        match byte {
            Some(byte) => dte.spoke(byte, &said, state),
            None => dte.hears(&said, state),
        }
    }
}
