import { dump, kept, stripped, type Vectors } from './vector.js'

export const databases: Vectors = {
  // PostgreSQL documentation, "Message Formats": Query (F), RowDescription (B), Sync (F), ReadyForQuery (B).
  postgres: {
    frames: [
      kept(`
      51  00 00 00 0d             | Q, length: 4 + 9
      53 45 4c 45 43 54 20 31 00  | SELECT 1`),
      kept(`
      54  00 00 00 21             | T, length: 4 + 2 + 27
      00 01                       | one column
      3f 63 6f 6c 75 6d 6e 3f 00  | ?column?
      00 00 00 00  00 00          | of no table
      00 00 00 17  00 04          | int4, of 4 bytes
      ff ff ff ff  00 00          | no modifier, as text`),
      kept('53  00 00 00 04      | S, with nothing behind its length'),
      kept('5a  00 00 00 05  49  | Z, idle'),
    ],
  },

  // PostgreSQL documentation, "Message Formats": SSLRequest (F), StartupMessage (F).
  postgresStartup: {
    frames: [
      stripped('00 00 00 08', '04 d2 16 2f | 1234, 5679'),
      stripped(
        '00 00 00 22 | 4 + 4 + 26',
        `
      00 03 00 00                                   | version 3.0
      75 73 65 72 00  61 6c 69 63 65 00             | user, alice
      64 61 74 61 62 61 73 65 00  73 68 6f 70 00 00 | database, shop`,
      ),
    ],
    longest: dump('00 00 27 14'),
    tooLong: dump('00 00 27 15'),
  },

  // MySQL source documentation, "Protocol::Packet", "COM_QUERY" and "OK_Packet".
  mysql: {
    frames: [
      stripped('09 00 00', '00  03  53 45 4c 45 43 54 20 31  | sequence 0, COM_QUERY, SELECT 1'),
      stripped('07 00 00', '01  00 00 00 02 00 00 00         | sequence 1, OK, autocommit'),
      stripped(
        '00 00 00',
        '02                               | sequence 2, empty: the end of data that filled a packet',
      ),
    ],
    longest: dump('ff ff ff'),
  },

  // MongoDB manual, "Wire Protocol": "Standard Message Header", "OP_MSG". The documents are BSON, bsonspec.org.
  mongodb: {
    frames: [
      stripped(
        '33 00 00 00 | 16 + 4 + 1 + 30',
        `
      01 00 00 00  00 00 00 00  dd 07 00 00               | requestID 1, OP_MSG
      00 00 00 00  00                                     | no flags, a body
      1e 00 00 00                                         | BSON document
      10 70 69 6e 67 00  01 00 00 00                      | ping: 1
      02 24 64 62 00  06 00 00 00  61 64 6d 69 6e 00  00  | $db: "admin"`,
      ),
      stripped(
        '26 00 00 00 | 16 + 4 + 1 + 17',
        `
      02 00 00 00  01 00 00 00  dd 07 00 00        | requestID 2, in response to 1
      00 00 00 00  00                              |
      11 00 00 00                                  |
      01 6f 6b 00  00 00 00 00 00 00 f0 3f  00     | ok: 1.0`,
      ),
    ],
    longest: dump('00 6c dc 02'),
    tooLong: dump('01 6c dc 02'),
  },
}
