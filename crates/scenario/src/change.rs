//! `[timing]`, `[guards]` and `[limits]`: single values of a device that are to be otherwise.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use simless_module::{Guards, Limits, Timing};

/// A table of single values: what is missing stays as it is.
macro_rules! table {
    ($(#[$about:meta])* $name:ident of $target:ident, $type:ty as $form:literal {
        $($(#[$doc:meta])* $field:ident,)*
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $name {
            $(
                $(#[$doc])*
                #[serde(with = $form, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
        }

        impl $name {
            /// What `later` says wins.
            pub(crate) fn add(&mut self, later: Self) {
                $(self.$field = later.$field.or(self.$field);)*
            }

            pub(crate) fn apply(&self, target: &mut $target) {
                $(target.$field = self.$field.unwrap_or(target.$field);)*
            }
        }
    };
}

table! {
    /// `[timing]`: how long things take.
    Times of Timing, Duration as "simless_module::duration_text::option" {
        /// Before any command is carried out.
        command,
        /// An attach.
        attach,
        /// An activation.
        activate,
        /// From a standing context to the connection.
        connect,
        /// `AT+CIPSHUT`.
        shut,
        /// Handing a payload over.
        send,
    }
}

table! {
    /// `[guards]`: when the device gives up.
    GuardTimes of Guards, Duration as "simless_module::duration_text::option" {
        /// `AT+CGATT`, `AT+CGACT`.
        packet,
        /// `AT+CIICR`.
        bring_up,
        /// A connection attempt.
        connect,
        /// A name's look-up.
        resolve,
        /// Waiting for room to send, and for the next byte of a payload.
        send,
        /// Getting rid of a closed connection's bytes.
        flush,
        /// Waiting for the peer's FIN after our own.
        linger,
        /// A LF this soon after a CR may belong to it.
        line_feed,
    }
}

table! {
    /// `[limits]`: what the device takes at the most. How many connections it has is not here: no
    /// command of a profile names a second one.
    LimitChange of Limits, usize as "size" {
        /// Bytes of a command line.
        line,
        /// Payload bytes of one send.
        send,
        /// Accepted bytes of a connection that were not yet sent.
        unsent,
        /// Received bytes that wait for the DTE.
        received,
        /// Payload bytes of a received TCP block.
        block,
        /// Bytes of a datagram that is received.
        datagram,
        /// Datagrams that wait.
        datagrams,
        /// URCs that wait for the DTE.
        urcs,
        /// Closed connections that may still have bytes to send.
        closing,
    }
}

/// A limit: it costs memory when it is used, so that it has one itself.
mod size {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::{Serialize, Serializer};

    const MOST: usize = 1024 * 1024;

    pub(super) fn serialize<S: Serializer>(
        size: &Option<usize>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        size.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<usize>, D::Error> {
        match usize::deserialize(deserializer)? {
            size @ 1..=MOST => Ok(Some(size)),
            size => Err(D::Error::custom(format_args!(
                "{size} is no limit; a limit is a number from 1 to {MOST}"
            ))),
        }
    }
}
