//! The kinds of faults there are: one table, from which the reference, the checks and the presets
//! are made.

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The serial line between DTE and module.
    Wire,
    /// A command and its answer.
    Command,
    /// A connection.
    Socket,
    /// The cellular network, the SIM, the power.
    Network,
}

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Which one.
    pub kind: FaultKind,
    /// Its name in configurations.
    pub name: &'static str,
    /// Where it strikes.
    pub gate: Gate,
    /// What it does.
    pub about: &'static str,
    /// What it needs to know.
    pub attributes: &'static [Attribute],
    /// Whether it happens at a moment: when it begins, and once unless it says how often.
    pub is_sudden: bool,
}

/// What a kind of fault needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// Whether it has to be given.
    pub is_needed: bool,
    /// What it says, and what holds without it.
    pub about: &'static str,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $gate:ident, $about:literal, [$($attribute:expr),*] $(, $sudden:ident)?;)*) => {
        /// Which kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub enum FaultKind {
            $(
                #[doc = $about]
                #[cfg_attr(feature = "serde", serde(rename = $name))]
                $kind,
            )*
        }

        /// Every kind there is, by gates.
        pub const KINDS: &[Kind] = &[$(
            Kind {
                kind: FaultKind::$kind,
                name: $name,
                gate: Gate::$gate,
                about: $about,
                attributes: &[$($attribute),*],
                is_sudden: kinds!(@sudden $($sudden)?),
            },
        )*];
    };
    (@sudden) => { false };
    (@sudden sudden) => { true };
}

const fn needed(name: &'static str, about: &'static str) -> Attribute {
    Attribute {
        name,
        is_needed: true,
        about,
    }
}

const fn optional(name: &'static str, about: &'static str) -> Attribute {
    Attribute {
        name,
        is_needed: false,
        about,
    }
}

const COMMAND: Attribute = optional("command", "which command; any");

kinds! {
    Slicer "slicer" Wire, "Bytes arrive in small pieces.",
        [optional("size", "bytes of a piece; 1"), optional("variation", "bytes a piece may be smaller or larger; 0"), optional("delay", "between two pieces; none")];
    Drop "drop" Wire, "Bytes are lost.", [];
    Corrupt "corrupt" Wire, "One bit of a byte is inverted.", [];
    Repeat "repeat" Wire, "Bytes arrive twice.", [];
    Noise "noise" Wire, "Bytes arrive that nobody sent, behind those that were.", [];
    Stall "stall" Wire, "The line stops behind a byte.", [needed("delay", "for how long")];

    NoPrompt "no_prompt" Command, "The prompt is not printed; the payload is taken all the same.", [];
    NoFinal "no_final" Command, "The command is carried out, and its final result is not printed.", [COMMAND];
    CmeError "cme_error" Command, "The command fails and does nothing.",
        [COMMAND, optional("code", "the number of `+CME ERROR`; a plain `ERROR`")];
    NoResponse "no_response" Command, "The command does nothing, and `COMMAND NO RESPONSE!` comes when the module's guard runs out.",
        [COMMAND, optional("delay", "after this time; the profile's guard")];
    LateOk "late_ok" Command, "The command is carried out, and its final result comes late.",
        [COMMAND, needed("delay", "how much later")];
    LateConnectOk "late_connect_ok" Command, "A connection does not stand in time: `COMMAND NO RESPONSE!`, and then `CONNECT OK` all the same.",
        [optional("delay", "how long after `COMMAND NO RESPONSE!` at the earliest; none")];
    UrcCollision "urc_collision" Command, "A URC comes in the middle of a command's answer.",
        [COMMAND, needed("urc", "its text"), optional("place", "`response`: before it, or `final`: before its final result; `response`")];

    Latency "latency" Socket, "Bytes are under way for a while, in order. Several add up.",
        [needed("latency", "how long"), optional("jitter", "how much more or less, drawn for each chunk or datagram; none")];
    Bandwidth "bandwidth" Socket, "A connection carries so many bytes in a second each way.", [needed("rate", "bytes per second; 0: nothing goes")];
    Down "down" Socket, "No TCP connection comes about, and nothing goes over what stands: a stream goes on when it is over, datagrams are lost.", [];
    Timeout "timeout" Socket, "TCP: nothing goes over a connection, which then ends.", [needed("timeout", "when it ends, from when it stands; `0 s`: never")];
    ResetPeer "reset_peer" Socket, "TCP: the peer resets a connection.", [optional("timeout", "how long after it stands; none")];
    SlowClose "slow_close" Socket, "TCP: that the peer has ended a connection is seen late.", [needed("delay", "how much later")];
    LimitData "limit_data" Socket, "TCP: a connection ends behind so many bytes of a direction.", [needed("bytes", "how many")];
    Loss "loss" Socket, "UDP: datagrams are lost.", [];
    Duplicate "duplicate" Socket, "UDP: datagrams arrive twice.", [];
    Reorder "reorder" Socket, "UDP: a datagram arrives behind the one after it.", [optional("delay", "how long it waits for that one at the most; `1 s`")];

    DnsFail "dns_fail" Network, "A name does not resolve (guide 9.2.4).", [optional("delay", "how long it takes to fail; none")];
    SimAbsent "sim_absent" Network, "There is no SIM.", [];
    PinLocked "pin_locked" Network, "The SIM asks for its PIN.", [], sudden;
    CregDenied "creg_denied" Network, "The network denies registration.", [];
    Searching "searching" Network, "No network is found: the module searches.", [];
    AttachFail "attach_fail" Network, "The network refuses to attach.", [];
    NoCredit "no_credit" Network, "The network refuses to attach a SIM without credit (guide 9.2.1).", [];
    PdpDeact "pdp_deact" Network, "The network deactivates the context.", [], sudden;
    Reset "reset" Network, "The module starts again by itself.", [], sudden;
}

impl FaultKind {
    /// What the table says of it.
    pub fn about(self) -> &'static Kind {
        // The table is made from the same list, in its order.
        &KINDS[self as usize]
    }

    /// Whether it is a state of the world rather than something that strikes again and again.
    pub fn is_state(self) -> bool {
        matches!(
            self,
            Self::SimAbsent | Self::CregDenied | Self::Searching | Self::Down
        )
    }
}

#[test]
fn the_table_has_every_kind_in_its_place() {
    for kind in KINDS {
        assert_eq!(kind.kind.about(), kind);
    }
}
