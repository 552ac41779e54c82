//! The guide's states as sets, and what leads from which to which (G4.6).

use std::fmt;

use simless_at::IpState;

/// States, a bit each in the guide's order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Set(u16);

/// What changes the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Nothing,
    /// `AT+CIPSTART`
    Connect,
    /// `AT+CIPCLOSE`
    Close,
    /// `AT+CIPSHUT`
    Shut,
    /// The context goes: by the network, or by `AT+CGATT=0` or `AT+CGACT=0`.
    Lose,
    /// The module starts again.
    Restart,
}

pub(super) const INITIAL: Set = Set::of(IpState::Initial);
pub(super) const CLOSE: Set = Set::of(IpState::Close);
pub(super) const STANDS: Set = Set::of(IpState::ConnectOk);
pub(super) const LOST: Set = Set::of(IpState::PdpDeact);
/// IP CLOSE, and the attempt lives on.
pub(super) const LATE: Set = Set(1 << 10);
/// PDP DEACT and IP INITIAL, and the notice has yet to come.
pub(super) const OWES: Set = Set(1 << 11);
pub(super) const FAILS: Set = Set(1 << 12);
/// An attempt that waits for its context. No command of the driver's leads to IP START, IP GPRSACT
/// or IP STATUS.
pub(super) const BRINGS_UP: Set = Set::of(IpState::Config).and(Set::of(IpState::Ind));
pub(super) const CONNECTING: Set = Set::of(IpState::Connecting);
pub(super) const ATTEMPT: Set = BRINGS_UP.and(CONNECTING);

impl Effect {
    /// What it leaves of these states; nothing of those in which it can't be.
    pub(super) fn on(self, set: Set) -> Set {
        match self {
            Self::Nothing => set,
            Self::Connect => set
                .leads(INITIAL.and(FAILS), ATTEMPT)
                .and(set.leads(CLOSE.and(LATE), CONNECTING)),
            // Of a context that is lost while it closes nothing is told but OK.
            Self::Close => set
                .leads(STANDS.and(LATE).and(CONNECTING), CLOSE)
                .and(set.leads(BRINGS_UP, INITIAL))
                .and(set.leads(OWES, LOST)),
            Self::Shut | Self::Restart => set.leads(Set::ANY, INITIAL),
            Self::Lose => set
                .leads(STANDS.and(CONNECTING).and(OWES), OWES)
                .and(set.leads(LOST, LOST))
                .and(set.leads(BRINGS_UP.and(FAILS), FAILS))
                .and(set.leads(CLOSE.and(LATE).and(INITIAL), INITIAL)),
        }
    }
}

impl Set {
    const NONE: Self = Self(0);
    const ANY: Self = Self(u16::MAX);

    pub(super) const fn of(state: IpState) -> Self {
        Self(1 << state as u16)
    }

    pub(super) fn shown_as(state: IpState) -> Self {
        match state {
            IpState::Close => CLOSE.and(LATE),
            IpState::PdpDeact => LOST.and(OWES),
            IpState::Initial => INITIAL.and(FAILS),
            state => Self::of(state),
        }
    }

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn meets(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What comes of those in `from`.
    pub(super) const fn leads(self, from: Self, to: Self) -> Self {
        match self.meets(from).is_empty() {
            true => Self::NONE,
            false => to,
        }
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// An attempt that waits for its context goes on without a word.
    pub(super) const fn on_its_way(self) -> Self {
        match self.meets(BRINGS_UP).is_empty() {
            true => self,
            false => self.and(ATTEMPT),
        }
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_in = |state: &IpState| !self.meets(Self::shown_as(*state)).is_empty();
        let states = IpState::ALL.into_iter().filter(is_in);
        let names: Vec<_> = states.map(IpState::name).collect();
        f.write_str(&names.join(" or "))
    }
}
