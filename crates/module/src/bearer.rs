//! The bearer: attach, PDP contexts, and how far the TCP/UDP service has come with them
//! (guide G2.4 to G2.6, G4.5 to G4.7).

use alloc::string::String;
use core::net::Ipv4Addr;

use simless_at::Instant;

use crate::procedure::{Outcome, Procedure};
use crate::{Answer, Cause, Cid, Network, Timing};

/// The context the TCP/UDP service uses.
pub(crate) const SERVICE_CONTEXT: Cid = 1;
/// The highest context there is.
pub(crate) const MAX_CONTEXT: Cid = 7;

pub(crate) struct Bearer {
    pub(crate) attachment: Attachment,
    /// Something waits for the network. Most of the time nothing does, and every byte that comes
    /// asks.
    is_under_way: bool,
    /// `AT+CGATT=1` waits for the attach, whether a context does or not.
    attach_is_wanted: bool,
    contexts: [Context; MAX_CONTEXT as usize],
    /// How many contexts were given an address.
    activations: u32,
    pub(crate) service: Service,
    /// What `AT+CSTT` gave, for `AT+CIICR`.
    pub(crate) task: Option<Task>,
}

/// Attached to GPRS, or on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attachment {
    /// With the cause, when the last attach was refused.
    Detached(Option<Cause>),
    Attaching {
        since: Instant,
    },
    Attached,
}

/// How far the TCP/UDP service has come with its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Initial,
    /// `AT+CSTT` was given.
    Started,
    /// Attaching, then activating.
    BringUp,
    /// The context is active.
    Active,
    /// The local address was obtained.
    Addressed,
    /// The context was lost under a connection.
    Lost,
}

#[derive(Default)]
pub(crate) struct Context {
    pub(crate) definition: Option<Definition>,
    pub(crate) activation: Activation,
}

/// `AT+CGDCONT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    pub(crate) kind: PdpType,
    pub(crate) apn: String,
}

/// The kinds of contexts (3GPP TS 27.007, 10.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PdpType {
    Ip,
    Ipv6,
    Ppp,
}

impl Context {
    fn is_under_way(&self) -> bool {
        matches!(
            self.activation,
            Activation::Waiting | Activation::Activating { .. }
        )
    }
}

impl PdpType {
    const NAMES: [(&'static str, Self); 3] =
        [("IP", Self::Ip), ("IPV6", Self::Ipv6), ("PPP", Self::Ppp)];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut names = Self::NAMES.into_iter();
        names
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, kind)| kind)
    }

    pub(crate) fn name(self) -> &'static str {
        let mut names = Self::NAMES.into_iter();
        names
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Activation {
    /// With the cause, when the last activation was refused.
    Inactive(Option<Cause>),
    /// Begins when the attach is done.
    Waiting,
    Activating {
        since: Instant,
    },
    Active(Ipv4Addr),
}

impl Default for Activation {
    fn default() -> Self {
        Self::Inactive(None)
    }
}

/// `AT+CSTT`.
pub(crate) struct Task {
    pub(crate) apn: String,
    pub(crate) user: String,
    pub(crate) password: String,
}

impl Bearer {
    pub(crate) fn new() -> Self {
        Self {
            attachment: Attachment::Detached(None),
            is_under_way: false,
            attach_is_wanted: false,
            contexts: Default::default(),
            activations: 0,
            service: Service::Initial,
            task: None,
        }
    }

    pub(crate) fn is_attached(&self) -> bool {
        self.attachment == Attachment::Attached
    }

    pub(crate) fn context(&self, cid: Cid) -> &Context {
        &self.contexts[usize::from(cid) - 1]
    }

    pub(crate) fn context_mut(&mut self, cid: Cid) -> &mut Context {
        &mut self.contexts[usize::from(cid) - 1]
    }

    /// Attached, or on the way.
    pub(crate) fn attachment_exists(&self) -> bool {
        !matches!(self.attachment, Attachment::Detached(_))
    }

    /// The contexts by their numbers.
    pub(crate) fn contexts(&self) -> impl Iterator<Item = (Cid, &Context)> {
        (1..).zip(&self.contexts)
    }

    /// The address of an active context.
    pub(crate) fn address(&self, cid: Cid) -> Option<Ipv4Addr> {
        match self.context(cid).activation {
            Activation::Active(address) => Some(address),
            _ => None,
        }
    }

    /// Whether the service's context stands.
    pub(crate) fn is_up(&self) -> bool {
        self.address(SERVICE_CONTEXT).is_some()
    }

    /// `AT+CGATT=1`: starts an attach, unless there is one.
    pub(crate) fn attach(&mut self, now: Instant) {
        self.attach_is_wanted = true;
        self.begin_attach(now);
    }

    fn begin_attach(&mut self, now: Instant) {
        self.is_under_way = true;
        if matches!(self.attachment, Attachment::Detached(_)) {
            self.attachment = Attachment::Attaching { since: now };
        }
    }

    /// Starts an activation, and the attach it needs, unless there are.
    pub(crate) fn activate(&mut self, cid: Cid, now: Instant) {
        let is_attached = self.is_attached();
        let activation = &mut self.context_mut(cid).activation;
        if matches!(activation, Activation::Inactive(_)) {
            *activation = if is_attached {
                Activation::Activating { since: now }
            } else {
                Activation::Waiting
            };
        }
        self.begin_attach(now);
    }

    /// Ends a context, or its way to become active.
    pub(crate) fn deactivate(&mut self, cid: Cid, cause: Option<Cause>) {
        self.context_mut(cid).activation = Activation::Inactive(cause);
    }

    /// Ends the attachment and every context with it.
    pub(crate) fn detach(&mut self, cause: Option<Cause>) {
        self.attachment = Attachment::Detached(cause);
        self.attach_is_wanted = false;
        for cid in 1..=MAX_CONTEXT {
            self.deactivate(cid, cause);
        }
    }

    /// Gives up a context's way to become active, and the attach if nobody else waits for it.
    pub(crate) fn abandon(&mut self, cid: Cid) {
        if self.address(cid).is_none() {
            self.deactivate(cid, None);
        }
        self.stop_attach_unless_needed();
    }

    /// Nobody waits for `AT+CGATT=1` any more.
    pub(crate) fn abandon_attach(&mut self) {
        self.attach_is_wanted = false;
        self.stop_attach_unless_needed();
    }

    fn stop_attach_unless_needed(&mut self) {
        let waits = |context: &Context| context.activation == Activation::Waiting;
        let is_needed = self.attach_is_wanted || self.contexts.iter().any(waits);
        if matches!(self.attachment, Attachment::Attaching { .. }) && !is_needed {
            self.attachment = Attachment::Detached(None);
        }
    }

    /// Takes what the network has answered by now; gives whether anything changed.
    ///
    /// The answer is the one the network gives at that moment, so that it can change while
    /// something waits for it.
    pub(crate) fn advance(
        &mut self,
        now: Instant,
        timing: &Timing,
        network: &Network,
        number: u32,
        mut ask: impl FnMut(Procedure) -> Outcome,
    ) -> bool {
        if !self.is_under_way {
            return false;
        }
        let mut changed = false;
        if let Attachment::Attaching { since } = self.attachment
            && now >= since + timing.attach
        {
            match ask(Procedure::Attach) {
                Some(Ok(())) => {
                    self.attachment = Attachment::Attached;
                    self.attach_is_wanted = false;
                }
                Some(Err(cause)) => self.detach(Some(cause)),
                None => return false,
            }
            changed = true;
        }
        let is_attached = self.is_attached();
        for (offset, context) in (0_u32..).zip(&mut self.contexts) {
            if context.activation == Activation::Waiting && is_attached {
                context.activation = Activation::Activating { since: now };
                changed = true;
            }
            if let Activation::Activating { since } = context.activation
                && now >= since + timing.activate
            {
                context.activation = match ask(Procedure::Activate) {
                    Some(Ok(())) => {
                        let nth = number.wrapping_add(self.activations);
                        self.activations = self.activations.wrapping_add(1);
                        let given = offset.wrapping_add(nth % network.addresses.max(1));
                        let address = u32::from(network.address).wrapping_add(given);
                        Activation::Active(address.into())
                    }
                    Some(Err(cause)) => Activation::Inactive(Some(cause)),
                    None => continue,
                };
                changed = true;
            }
        }
        self.is_under_way = matches!(self.attachment, Attachment::Attaching { .. })
            || self.contexts.iter().any(Context::is_under_way);
        changed
    }

    /// When the network's next answer comes.
    pub(crate) fn deadline(&self, network: &Network, timing: &Timing) -> Option<Instant> {
        if !self.is_under_way {
            return None;
        }
        let attach = match self.attachment {
            Attachment::Attaching { since } if network.attach != Answer::Silence => {
                Some(since + timing.attach)
            }
            _ => None,
        };
        let activations = self
            .contexts
            .iter()
            .filter_map(|context| match context.activation {
                Activation::Activating { since } if network.activation != Answer::Silence => {
                    Some(since + timing.activate)
                }
                _ => None,
            });
        activations.chain(attach).min()
    }
}
