//! `[network]`: the network and the SIM, and names with fixed addresses.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use simless_module::{Config, NetworkChange};

use crate::checked;
use crate::device::keep;

/// `[network]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkTable {
    /// What is to be otherwise.
    #[serde(flatten)]
    pub change: NetworkChange,
    /// The network's numeric name.
    #[serde(
        deserialize_with = "checked::operator",
        skip_serializing_if = "Option::is_none"
    )]
    pub operator: Option<String>,
    /// The network's long name.
    #[serde(
        deserialize_with = "checked::line",
        skip_serializing_if = "Option::is_none"
    )]
    pub operator_name: Option<String>,
    /// `[network.names]`: names with fixed addresses.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, IpAddr>,
}

impl NetworkTable {
    /// The keys that are not those of a change.
    pub(crate) const OWN: [&'static str; 3] = ["operator", "operator_name", "names"];

    pub(crate) fn add(&mut self, later: Self) {
        let change = &mut self.change;
        let Self {
            change: now,
            operator,
            operator_name,
            names,
        } = later;
        // Every field of it, so that a new one is not forgotten.
        *change = NetworkChange {
            sim: now.sim.or(change.sim),
            pin: now.pin.or(change.pin),
            puk: now.puk.or(change.puk),
            registration: now.registration.or(change.registration),
            area: now.area.or(change.area),
            cell: now.cell.or(change.cell),
            signal: now.signal.or(change.signal),
            attach: now.attach.or(change.attach),
            activation: now.activation.or(change.activation),
            address: now.address.or(change.address),
            addresses: now.addresses.or(change.addresses),
            resolve: now.resolve.or(change.resolve),
        };
        self.operator = operator.or(self.operator.take());
        self.operator_name = operator_name.or(self.operator_name.take());
        self.names.extend(names);
    }

    pub(crate) fn apply(&self, config: &mut Config) {
        self.change.apply(&mut config.network);
        keep(&mut config.network.operator, &self.operator);
        keep(&mut config.network.operator_name, &self.operator_name);
        // The first of a name counts.
        let names = self.names.iter().map(|(name, ip)| (name.clone(), *ip));
        config.scenario.names.splice(0..0, names);
    }
}
