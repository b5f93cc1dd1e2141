import { dump, kept, stripped, type Vectors } from './vector.js'

export const network: Vectors = {
  // RFC 1035, sections 4.1 and 4.2.2. Names and addresses are those of RFC 2606 and RFC 5737.
  dns: {
    frames: [
      stripped(
        '00 1d | 12 + 17',
        `
      12 34  01 00  00 01 00 00 00 00 00 00                   | id, recursion desired, one question
      07 65 78 61 6d 70 6c 65 03 63 6f 6d 00  00 01 00 01     | example.com, A, IN`,
      ),
      stripped(
        '00 2d | 12 + 17 + 16',
        `
      12 34  81 80  00 01 00 01 00 00 00 00                   | id, recursion available, one answer
      07 65 78 61 6d 70 6c 65 03 63 6f 6d 00  00 01 00 01     | example.com, A, IN
      c0 0c  00 01 00 01  00 00 0e 10  00 04  c0 00 02 01     | the same, 3600 s, 192.0.2.1`,
      ),
    ],
  },

  // MS-RDPBCGR, sections 4.1.1 and 4.1.2: X.224 Connection Request and Confirm in TPKT (RFC 1006, section 6).
  tpkt: {
    frames: [
      kept(`
      03 00  00 2c                                            | version 3, 44 bytes
      27 e0 00 00 00 00 00                                    | X.224 Connection Request
      43 6f 6f 6b 69 65 3a 20 6d 73 74 73 68 61 73 68 3d      | Cookie: mstshash=
      65 6c 74 6f 6e 73 0d 0a                                 | eltons
      01 00 08 00 00 00 00 00                                 | RDP_NEG_REQ`),
      kept(`
      03 00  00 13                                            | version 3, 19 bytes
      0e d0 00 00 12 34 00                                    | X.224 Connection Confirm
      02 00 08 00 00 00 00 00                                 | RDP_NEG_RSP`),
    ],
  },

  // RFC 4271, sections 4.1, 4.2 and 4.4.
  bgp: {
    frames: [
      kept(`
      ff*16  00 1d  01                                        | OPEN, 29 bytes
      04  fd e9  00 b4  c0 00 02 01  00                       | version 4, AS 65001, hold time 180 s, 192.0.2.1`),
      kept('ff*16  00 13  04                                    | KEEPALIVE, 19 bytes'),
    ],
    longest: dump('ff*16  10 00'),
    tooLong: dump('ff*16  10 01'),
  },

  // Bitcoin developer reference, "Message Headers", "VerAck", "Ping". The checksums are double SHA-256.
  bitcoin: {
    frames: [
      kept(`
      f9 be b4 d9  76 65 72 61 63 6b 00*6                     | main network, verack
      00 00 00 00  5d f6 e0 e2                                | no payload, and its checksum`),
      kept(`
      f9 be b4 d9  70 69 6e 67 00*8                           | ping
      08 00 00 00  25 02 fa 94                                | 8 bytes, and their checksum
      01 02 03 04 05 06 07 08                                 | nonce`),
    ],
    longest: dump('f9 be b4 d9  62 6c 6f 63 6b 00*7  00 09 3d 00'),
    tooLong: dump('f9 be b4 d9  62 6c 6f 63 6b 00*7  01 09 3d 00'),
  },

  // BEP 3, "peer messages".
  bittorrent: {
    frames: [
      stripped('00 00 00 01', '02                                       | interested'),
      stripped('00 00 00 00', '                                         | keep-alive'),
      stripped('00 00 00 05', '04  00 00 00 07                          | have piece 7'),
      stripped('00 00 00 0d', '06  00 00 00 00  00 00 00 00  00 00 40 00  | request 16 KiB'),
    ],
  },
}
