//! A client that was written without us: MQTT over a connection of the stack.

use embedded_nal_async::TcpConnect;
use rust_mqtt::Bytes;
use rust_mqtt::buffer::AllocBuffer;
use rust_mqtt::client::Client;
use rust_mqtt::client::event::Event;
use rust_mqtt::client::options::{
    ConnectOptions, DisconnectOptions, PublicationOptions, SubscriptionOptions, TopicReference,
};
use rust_mqtt::types::{MqttString, TopicFilter, TopicName};
use simless_driver::adapter::asynchronous::Modem;
use simless_driver::adapter::nal::Stack;

use crate::world::{Server, World, settings};

/// Accepts everybody and everything, and tells who subscribes one thing (MQTT 5.0, 3.1 to 3.14).
fn broker() -> Server {
    let mut bytes = Vec::new();
    Box::new(move |more| {
        bytes.extend(more);
        let mut answer = Vec::new();
        // Packets shorter than 128 bytes have one byte of length.
        while bytes.len() >= 2 && bytes.len() >= 2 + usize::from(bytes[1]) {
            let packet: Vec<u8> = bytes.drain(..2 + usize::from(bytes[1])).collect();
            match packet[0] >> 4 {
                1 => answer.extend([0x20, 3, 0, 0, 0]),
                3 => {
                    let topic = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
                    answer.extend([0x40, 2]);
                    answer.extend(&packet[4 + topic..6 + topic]);
                }
                8 => {
                    answer.extend([0x90, 4, packet[2], packet[3], 0, 0]);
                    answer.extend(b"\x30\x0b\0\x04news\0OK\r\n");
                }
                _ => {}
            }
        }
        answer
    })
}

#[test]
fn mqtt() {
    let world = World::serving(broker);
    let stack: Stack<World, World> =
        Stack::new(Modem::new(world.clone(), world.clone(), settings()));
    world.run(async {
        let remote = "198.51.100.7:1883".parse().unwrap();
        let connection = TcpConnect::connect(&stack, remote).await.unwrap();
        let mut buffer = AllocBuffer;
        let mut client = Client::<'_, '_, _, _, 1, 1, 1, 0, 0, 0, 0>::new(&mut buffer);
        let name = MqttString::from_str("thermometer").unwrap();
        let options = ConnectOptions::new().clean_start();
        client
            .connect(connection, &options, Some(name))
            .await
            .unwrap();

        let news = TopicFilter::new(MqttString::from_str("news").unwrap()).unwrap();
        client
            .subscribe(news, &SubscriptionOptions::new())
            .await
            .unwrap();
        assert!(matches!(client.poll().await.unwrap(), Event::Suback(_)));
        let Event::Publish(publish) = client.poll().await.unwrap() else {
            panic!("no news");
        };
        assert_eq!(
            &*publish.message, b"OK\r\n",
            "payload that looks like a result"
        );

        let topic = TopicName::new(MqttString::from_str("temperature").unwrap()).unwrap();
        let options = PublicationOptions::new(TopicReference::Name(topic)).at_least_once();
        client
            .publish(&options, Bytes::from(&b"21.5"[..]))
            .await
            .unwrap();
        assert!(matches!(
            client.poll().await.unwrap(),
            Event::PublishAcknowledged(_)
        ));
        client.disconnect(&DisconnectOptions::new()).await.unwrap();
    });
    let got = world.got();
    assert!(got.windows(4).any(|window| window == b"21.5"));
    assert!(
        got.ends_with(&[0xE0, 0]) || got.ends_with(&[0xE0, 2, 0, 0]),
        "{got:?}"
    );
}
