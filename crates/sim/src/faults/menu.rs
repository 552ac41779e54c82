//! The menu: every class of faults, in the groups of `properties.md`.

use simless_module::Chance;

use super::{ghost, module, network};
use crate::world::World;

/// A class of faults.
pub struct Class {
    /// What it is called, in reports and for its stream of draws.
    pub name: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// Whether it loses or changes bytes on the serial line. Then nobody can ask for more than that
    /// everything ends, and for recovery.
    pub garbles: bool,
    pub(crate) strike: Effect,
}

pub(crate) type Effect = fn(&mut World, usize, &mut Chance);

/// Where a class belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the groups of `properties.md`")]
pub enum Group {
    Serial,
    Module,
    Power,
    Cellular,
    Ip,
    Dns,
    Application,
    Resources,
}

impl std::fmt::Display for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Serial => "serial",
            Self::Module => "module",
            Self::Power => "power",
            Self::Cellular => "cellular",
            Self::Ip => "ip",
            Self::Dns => "dns",
            Self::Application => "application",
            Self::Resources => "resources",
        })
    }
}

const fn class(name: &'static str, group: Group, strike: Effect) -> Class {
    Class {
        name,
        group,
        garbles: false,
        strike,
    }
}

const fn garbling(name: &'static str, strike: Effect) -> Class {
    Class {
        garbles: true,
        ..class(name, Group::Serial, strike)
    }
}

/// Every class there is.
pub const CLASSES: &[Class] = &[
    garbling("serial drop", module::drop),
    garbling("serial flip", module::flip),
    garbling("serial duplicate", module::duplicate),
    garbling("serial noise", module::noise),
    class("serial slices", Group::Serial, module::slices),
    class("serial stall", Group::Serial, module::stall),
    class("hang-up", Group::Power, network::hang_up),
    class("slow", Group::Module, module::slow),
    class("late", Group::Module, module::late),
    class("silent", Group::Module, module::silent),
    class("no prompt", Group::Module, module::no_prompt),
    class("error", Group::Module, module::error),
    class("no response", Group::Module, module::no_response),
    class("late connect", Group::Module, module::late_connect),
    class("collision", Group::Module, module::collision),
    class("urc at a byte", Group::Power, network::urc_at_byte),
    class("reset at a byte", Group::Power, network::reset_at_byte),
    class(
        "power cycle at a byte",
        Group::Power,
        network::power_at_byte,
    ),
    class("reset", Group::Power, module::reset),
    class("sim absent", Group::Cellular, module::sim_absent),
    class("pin", Group::Cellular, network::pin),
    class("denied", Group::Cellular, module::denied),
    class("searching", Group::Cellular, module::searching),
    class("roaming", Group::Cellular, network::roaming),
    class("detach", Group::Cellular, network::detach),
    class("context loss", Group::Cellular, module::context_loss),
    class(
        "context loss at a byte",
        Group::Cellular,
        network::context_at_byte,
    ),
    class("no credit", Group::Cellular, module::no_credit),
    class("attach refused", Group::Cellular, module::attach_fail),
    class("network silent", Group::Cellular, network::silence),
    class("latency", Group::Ip, module::latency),
    class("bandwidth", Group::Ip, module::bandwidth),
    class("down", Group::Ip, module::down),
    class("connection timeout", Group::Ip, module::timeout),
    class("reset by a fault", Group::Ip, module::reset_peer),
    class("slow close", Group::Ip, module::slow_close),
    class("limit", Group::Ip, module::limit_data),
    class("udp loss", Group::Ip, module::loss),
    class("udp duplicate", Group::Ip, module::doubles),
    class("udp reorder", Group::Ip, module::reorder),
    class("refused", Group::Ip, network::refused),
    class("unreachable", Group::Ip, network::unreachable),
    class("blackhole", Group::Ip, network::blackhole),
    class("late connection", Group::Ip, network::late_connection),
    class("reset at connect", Group::Ip, network::reset_at_connect),
    class("reset by the server", Group::Ip, network::server_resets),
    class(
        "reset at a payload byte",
        Group::Ip,
        network::server_resets_at_byte,
    ),
    class("half-close", Group::Ip, network::half_close),
    class(
        "half-close at a payload byte",
        Group::Ip,
        network::half_close_at_byte,
    ),
    class("zero window", Group::Ip, network::zero_window),
    class("1-byte reads", Group::Ip, network::trickle),
    class("burst", Group::Ip, network::burst),
    class("dns fails", Group::Dns, network::dns_fails),
    class("dns fails in the module", Group::Dns, module::dns_fail),
    class("dns slow", Group::Dns, network::dns_slow),
    class("slow reader", Group::Application, network::slow_reader),
    class(
        "stopped reader",
        Group::Application,
        network::stopped_reader,
    ),
    class(
        "send given up at a byte",
        Group::Application,
        network::abandon_at_byte,
    ),
    class(
        "close at a byte",
        Group::Application,
        network::close_at_byte,
    ),
    class("no socket", Group::Resources, network::no_socket),
    // Behind the others, for whom nothing changes: all are drawn from one stream.
    class("end under a close", Group::Ip, network::ends_under_a_close),
    class("ghost", Group::Module, ghost::ghost),
    class("dns changes", Group::Dns, network::dns_changes),
];
