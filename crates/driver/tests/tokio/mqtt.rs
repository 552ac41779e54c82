//! rust-mqtt, unmodified, through the module, and a mosquitto behind it.

use std::io::Write;
use std::process::Stdio;

use embedded_io_adapters::tokio_1::FromTokio;
use rust_mqtt::Bytes;
use rust_mqtt::buffer::AllocBuffer;
use rust_mqtt::client::Client;
use rust_mqtt::client::event::Event;
use rust_mqtt::client::options::{
    ConnectOptions, DisconnectOptions, PublicationOptions, SubscriptionOptions, TopicReference,
};
use rust_mqtt::types::{MqttString, TopicFilter, TopicName};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::prelude::{loopback, modem, random, server, soon, works};

/// Debian's mosquitto on a free port; none where it is not installed.
struct Broker {
    port: u16,
    _child: Child,
    _folder: tempfile::TempDir,
}

impl Broker {
    async fn start() -> Option<Self> {
        // Where apt puts it is on root's path only.
        let path = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto"]
            .into_iter()
            .find(|path| std::path::Path::new(path).exists())?;
        for _ in 0..5 {
            // Somebody else may be given it in between; then another one.
            let (listener, port) = server().await;
            drop(listener);
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("mosquitto.conf");
            let mut config = std::fs::File::create(&file).unwrap();
            writeln!(config, "listener {port} 127.0.0.1\nallow_anonymous true").unwrap();
            let mut child = Command::new(path)
                .arg("-v")
                .arg("-c")
                .arg(&file)
                .stderr(Stdio::piped())
                .stdout(Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
            while let Some(line) = lines.next_line().await.unwrap() {
                if line.contains("running") {
                    // It goes on talking, and must not be stopped by that.
                    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                    return Some(Self {
                        port,
                        _child: child,
                        _folder: folder,
                    });
                }
            }
        }
        panic!("mosquitto does not start");
    }
}

#[tokio::test]
async fn an_mqtt_client_talks_to_a_real_broker() {
    soon(async {
        let Some(broker) = Broker::start().await else {
            println!("SKIPPED: mosquitto is not installed (apt-get install mosquitto)");
            return;
        };
        let mut modem = modem();
        let link = modem.connect(loopback(), broker.port).await.unwrap();
        let mut buffer = AllocBuffer;
        let mut client = Client::<'_, '_, _, _, 1, 1, 1, 1, 16, 0, 1>::new(&mut buffer);
        client
            .connect(
                FromTokio::new(link),
                &ConnectOptions::new().clean_start(),
                Some(MqttString::try_from("simless").unwrap()),
            )
            .await
            .unwrap();
        let topic = MqttString::try_from("simless/test").unwrap();
        let filter = TopicFilter::new(topic.as_borrowed()).unwrap();
        let name = TopicName::new(topic.as_borrowed()).unwrap();
        let wishes = SubscriptionOptions::new().exactly_once();
        client
            .subscribe(filter.as_borrowed(), &wishes)
            .await
            .unwrap();
        assert!(matches!(client.poll().await.unwrap(), Event::Suback(_)));
        for length in [1, 1000, 1460, 60_000] {
            let message = random(11, length);
            let options =
                PublicationOptions::new(TopicReference::Name(name.as_borrowed())).exactly_once();
            client
                .publish(&options, Bytes::from(message.as_slice()))
                .await
                .unwrap();
            let (mut came_back, mut is_complete) = (false, false);
            while !(came_back && is_complete) {
                match client.poll().await.unwrap() {
                    Event::Publish(publish) => {
                        assert!(publish.message.as_bytes() == message);
                        came_back = true;
                    }
                    Event::PublishComplete(_) => is_complete = true,
                    _ => {}
                }
            }
        }
        client.disconnect(&DisconnectOptions::new()).await.unwrap();
        drop(client);
        works(&mut modem).await;
    })
    .await;
}
