import { dump, kept, stripped, type Vectors } from './vector.js'

export const messaging: Vectors = {
  // Kafka protocol guide, "Request Header v1", "ApiVersions Request (Version: 0)" and its response.
  kafka: {
    frames: [
      stripped(
        '00 00 00 0e',
        '00 12  00 00  00 00 00 07  00 04 64 65 6d 6f  | ApiVersions 0, correlation 7, client demo',
      ),
      stripped(
        '00 00 00 10',
        '00 00 00 07  00 00  00 00 00 01  00 12 00 00 00 03  | no error, one key: ApiVersions 0 to 3',
      ),
    ],
    longest: dump('06 40 00 00'),
    tooLong: dump('06 40 00 01'),
  },

  // AMQP 0-9-1 specification, section 4.2.3, and class connection, method tune-ok.
  amqp: {
    frames: [
      kept(
        `
      01  00 00  00 00 00 0c   | method, channel 0
      00 0a  00 1f             | connection.tune-ok
      07 ff  00 02 00 00       | channel-max 2047, frame-max 131072
      00 3c                    | heartbeat 60`,
        'ce',
      ),
      kept('03  00 01  00 00 00 04  68 ce 69 ce  | body, with the end octet inside', 'ce'),
      kept('08  00 00  00 00 00 00               | heartbeat', 'ce'),
    ],
  },

  // MQTT 3.1.1, sections 2.2.3, 3.1, 3.3 and 3.12.
  mqtt: {
    frames: [
      kept(`
      10  10                    | CONNECT, 10 + 6 bytes
      00 04 4d 51 54 54  04     | MQTT, level 4
      02  00 3c                 | clean session, keep alive 60
      00 04 64 65 6d 6f         | client demo`),
      kept(`
      30  80 01                 | PUBLISH, 128 bytes
      00 03 61 2f 62  78*123    | topic a/b`),
      kept('c0  00                | PINGREQ'),
    ],
  },

  // SMPP 3.4, sections 4.11.1 and 4.11.2.
  smpp: {
    frames: [
      stripped('00 00 00 10', '00 00 00 15  00 00 00 00  00 00 00 01 | enquire_link, sequence 1'),
      stripped('00 00 00 10', '80 00 00 15  00 00 00 00  00 00 00 01 | enquire_link_resp'),
    ],
  },

  // protobuf.dev, "Encoding": `Test1 { a: 150 }` and `Test2 { b: "testing" }`.
  protobufDelimited: {
    frames: [
      stripped('03', '08 96 01                    | a: 150'),
      stripped('00', '                            | all fields have their defaults'),
      stripped('09', '12 07 74 65 73 74 69 6e 67  | b: "testing"'),
      stripped('ac 02', '12 a9 02 78*297          | b: 297 bytes, 300 in all'),
    ],
  },

  // Thrift specification, "Thrift Binary protocol encoding", strict message header, and "Framed vs. unframed transport".
  thrift: {
    frames: [
      stripped('00 00 00 11', '80 01 00 01  00 00 00 04 70 69 6e 67  00 00 00 01  00 | call ping(), sequence 1'),
      stripped('00 00 00 11', '80 01 00 02  00 00 00 04 70 69 6e 67  00 00 00 01  00 | its reply'),
    ],
    longest: dump('00 fa 00 00'),
    tooLong: dump('00 fa 00 01'),
  },

  // Erlang/OTP documentation, inet:setopts/2. The terms are in external term format.
  erlangPacket1: {
    frames: [
      stripped('05', '83  77 02 6f 6b              | ok'),
      stripped('00', ''),
      stripped('07', '83  68 02  61 01  61 02      | {1, 2}'),
    ],
  },

  erlangPacket2: {
    frames: [stripped('00 05', '83  77 02 6f 6b           | ok'), stripped('00 00', ''), stripped('01 00', '78*256')],
  },

  erlangPacket4: {
    frames: [
      stripped('00 00 00 05', '83  77 02 6f 6b     | ok'),
      stripped('00 00 00 00', ''),
      stripped('00 00 01 00', '78*256'),
    ],
  },
}
