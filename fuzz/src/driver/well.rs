//! A module that is well: it answers every line as the guide says.

#[derive(Default)]
pub(super) struct Well {
    has_connected: bool,
    entry: Option<Entry>,
}

/// What ends the data entry that it is in.
enum Entry {
    Length(usize),
    CtrlZ,
}

impl Well {
    pub(super) fn answer(&mut self, told: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        let mut rest = told;
        while !rest.is_empty() {
            let (one, behind) = self.first(rest);
            rest = behind;
            answer.extend(self.answer_one(one));
        }
        answer
    }

    /// A line, or what was told of a payload, without what ends it; and what stands behind.
    fn first<'a>(&self, told: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        let end = match self.entry {
            Some(Entry::Length(left)) => return told.split_at(left.min(told.len())),
            Some(Entry::CtrlZ) => 0x1A,
            None => b'\r',
        };
        match told.iter().position(|byte| *byte == end) {
            Some(at) => (&told[..at], &told[at + 1..]),
            None => (told, &[]),
        }
    }

    fn answer_one(&mut self, told: &[u8]) -> &'static [u8] {
        match self.entry.take() {
            Some(Entry::Length(left)) if told.len() < left => {
                self.entry = Some(Entry::Length(left - told.len()));
                return b"";
            }
            Some(_) => return b"\r\nOK\r\n",
            None => {}
        }
        let connects = told.windows(10).any(|word| word == b"+CIPSTART=");
        self.has_connected |= connects;
        self.has_connected &= told != b"AT+CIPCLOSE" && told != b"AT+CIPSHUT";
        if let Some(length) = told.strip_prefix(b"AT+CIPSEND=") {
            let length = std::str::from_utf8(length).ok();
            let length = length.and_then(|length| length.parse().ok());
            self.entry = length.map(Entry::Length);
            return b"\r\n> ";
        }
        match told {
            b"AT+CIPSEND" => {
                self.entry = Some(Entry::CtrlZ);
                b"\r\n> "
            }
            b"AT+CIPSTATUS" => match self.has_connected {
                true => b"\r\n+IPSTATUS: CONNECT OK\r\n\r\nOK\r\n",
                false => b"\r\n+IPSTATUS: IP INITIAL\r\n\r\nOK\r\n",
            },
            b"AT+CPIN?" => b"\r\n+CPIN:READY\r\n\r\nOK\r\n",
            b"AT+CREG?" => b"\r\n+CREG: 1,1\r\n\r\nOK\r\n",
            b"AT+CSQ" => b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n",
            b"AT+CMEE?" => b"\r\n+CMEE: 1\r\n\r\nOK\r\n",
            b"AT+CGACT?" => b"\r\n+CGACT: 1,1\r\n\r\nOK\r\n",
            b"AT+CIPHEAD?" => b"\r\n+CIPHEAD: 1\r\n\r\nOK\r\n",
            _ if connects => b"\r\nOK\r\n\r\nCONNECT OK\r\n",
            _ if told.starts_with(b"AT+CDNSGIP") => {
                b"\r\n+CDNSGIP: 1,\"example.com\",\"192.0.2.9\"\r\n\r\nOK\r\n"
            }
            _ => b"\r\nOK\r\n",
        }
    }
}
