//! `given`: the world at power-up.

use simless_at::{BlockFormat, ConnectOrder, ErrorDetail, Registration};
use simless_module::{
    Config, Fault, FaultKind, KINGCOM_G3524, Network, NetworkChange, OnNul, Rate, Scenario, Timing,
};
use simless_scenario::Preset;

use crate::bytes;
use crate::format::Problem;
use crate::words::Words;

/// The world at power-up.
#[derive(Clone)]
pub struct Setup {
    /// What the module is made from.
    pub config: Config,
    /// Whether the module echoes when the dialogue begins.
    pub echo: bool,
    /// The rate of the line to it.
    pub rate: Option<Rate>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            config: Config {
                profile: KINGCOM_G3524,
                timing: Timing::IMMEDIATE,
                network: Network::default(),
                scenario: Scenario::default(),
            },
            echo: true,
            rate: None,
        }
    }
}

impl Setup {
    /// Changes what one `given` line names.
    pub fn apply(&mut self, line: &str) -> Result<(), Problem> {
        let mut words = Words::new(line);
        let name = words.next_word()?;
        if !(self.apply_world(name, &mut words)?
            || self.apply_profile(name, &mut words)?
            || self.apply_text(name, &mut words)?)
        {
            return Err(Problem::Unknown(String::from(name)));
        }
        words.end()
    }

    fn apply_world(&mut self, name: &str, words: &mut Words<'_>) -> Result<bool, Problem> {
        let Config {
            network, scenario, ..
        } = &mut self.config;
        match name {
            "baud" => self.rate = Rate::new(words.parse()?),
            "echo" => self.echo = words.choice("off", "on")?,
            "timing" => {
                self.config.timing = match words.choice("immediate", "typical")? {
                    true => self.config.profile.timing,
                    false => Timing::IMMEDIATE,
                }
            }
            "sim" => network.sim = words.sim()?,
            "puk" => network.puk = words.pin()?,
            "registration" => network.registration = Registration(words.parse()?),
            "signal" => network.signal = words.parse()?,
            "address" => network.address = words.parse()?,
            "attach" => network.attach = words.answer()?,
            "activation" => network.activation = words.answer()?,
            "late-connect-ok" => {
                let fault = Fault::new(FaultKind::LateConnectOk);
                scenario
                    .faults
                    .extend(words.choice("off", "on")?.then_some(fault));
            }
            "network" => words.table::<NetworkChange>()?.apply(network),
            "fault" => scenario.faults.push(words.table()?),
            "step" => scenario.steps.push(words.table()?),
            "name" => {
                let name = words.next_word()?.into();
                scenario.names.push((name, words.parse()?));
            }
            "preset" => {
                let name = words.next_word()?;
                let unknown = |_| Problem::Unknown(String::from(name));
                let preset = Preset::named(name).map_err(unknown)?;
                let applied = preset.configuration().apply(&mut self.config);
                applied.map_err(|error| Problem::Malformed(error.to_string()))?;
            }
            "seed" => scenario.seed = words.parse()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn apply_profile(&mut self, name: &str, words: &mut Words<'_>) -> Result<bool, Problem> {
        let profile = &mut self.config.profile;
        match name {
            "limit" => self.apply_limit(words)?,
            "nul" => {
                profile.on_nul = match words.choice("pass", "fail")? {
                    false => OnNul::Pass,
                    true => OnNul::Fail,
                }
            }
            "backspace" => profile.backspace_edits_payload = words.choice("data", "edits")?,
            "shut" => {
                profile.shut_drops_definition =
                    words.choice("keeps-definition", "drops-definition")?;
            }
            "plain-errors" => {
                if words.choice("default", "none")? {
                    profile.plain_errors = &[];
                }
            }
            "error-detail" => {
                profile.error_detail = match words.number()? {
                    0 => ErrorDetail::None,
                    1 => ErrorDetail::Code,
                    _ => ErrorDetail::Text,
                }
            }
            "registration-reports" => profile.registration_reports = words.parse()?,
            "connect-order" => {
                profile.dialect.connect_order = match words.choice("ok-first", "outcome-first")? {
                    false => ConnectOrder::OkFirst,
                    true => ConnectOrder::OutcomeFirst,
                }
            }
            "header" => {
                profile.dialect.block = match words.choice("line", "colon")? {
                    false => BlockFormat::LINE,
                    true => BlockFormat::COLON,
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn apply_limit(&mut self, words: &mut Words<'_>) -> Result<(), Problem> {
        let limits = &mut self.config.profile.limits;
        let limit = match words.next_word()? {
            "line" => &mut limits.line,
            "send" => &mut limits.send,
            "unsent" => &mut limits.unsent,
            "received" => &mut limits.received,
            "block" => &mut limits.block,
            "datagram" => &mut limits.datagram,
            "urcs" => &mut limits.urcs,
            "closing" => &mut limits.closing,
            word => return Err(Problem::Unknown(String::from(word))),
        };
        *limit = words.number()?;
        Ok(())
    }

    fn apply_text(&mut self, name: &str, words: &mut Words<'_>) -> Result<bool, Problem> {
        let profile = &mut self.config.profile;
        let text = match name {
            "block-tail" => &mut profile.dialect.block_tail,
            "sent" => &mut profile.dialect.sent,
            "closed" => &mut profile.dialect.closed,
            "shut-text" => &mut profile.dialect.shut,
            "connect-ok" => &mut profile.dialect.connect_ok,
            "peer-closed" => &mut profile.dialect.peer_closed,
            "status" => &mut profile.dialect.status,
            "prompt" => &mut profile.dialect.prompt,
            "cme-error" => &mut profile.dialect.cme_error,
            "no-response" => &mut profile.dialect.no_response,
            "manufacturer" => &mut profile.identity.manufacturer,
            "model" => &mut profile.identity.model,
            "revision" => &mut profile.identity.revision,
            _ => return Ok(false),
        };
        let bytes = bytes::read(words.rest())?;
        let is_text = |_| Problem::Malformed(String::from(name));
        *text = kept(&String::from_utf8(bytes).map_err(is_text)?);
        Ok(true)
    }
}

/// A profile is made of constants. A dialogue's own stay until the tests are over.
fn kept(text: &str) -> &'static str {
    String::from(text).leak()
}
