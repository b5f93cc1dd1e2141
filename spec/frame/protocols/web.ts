import { dump, kept, stripped, type Vectors } from './vector.js'

export const web: Vectors = {
  // gRPC repository, "gRPC over HTTP2", Length-Prefixed-Message. The messages are those of its helloworld example.
  grpc: {
    frames: [
      kept('00  00 00 00 07  0a 05 77 6f 72 6c 64                    | HelloRequest { name: "world" }'),
      kept('00  00 00 00 0d  0a 0b 48 65 6c 6c 6f 20 77 6f 72 6c 64  | HelloReply { message: "Hello world" }'),
      kept('00  00 00 00 00                                          | an empty message'),
    ],
    longest: dump('00  00 40 00 00'),
    tooLong: dump('00  00 40 00 01'),
  },

  // RFC 9113, sections 6.5 and 6.2. The header block is that of RFC 7541, appendix C.3.1.
  http2: {
    frames: [
      stripped('00 00 06', '04  00  00 00 00 00  00 03  00 00 00 64  | SETTINGS_MAX_CONCURRENT_STREAMS 100'),
      stripped('00 00 00', '04  01  00 00 00 00                      | SETTINGS, ACK'),
      stripped(
        '00 00 14',
        `
      01  05  00 00 00 01                                          | HEADERS, END_STREAM and END_HEADERS, stream 1
      82 86 84                                                     | GET, http, /
      41 0f 77 77 77 2e 65 78 61 6d 70 6c 65 2e 63 6f 6d           | www.example.com`,
      ),
    ],
    longest: dump('00 40 00'),
    tooLong: dump('00 40 01'),
  },

  // RFC 5246, sections 6.2.1, 7.1, 7.2 and 7.4.1.2.
  tls: {
    frames: [
      kept(`
      16  03 01  00 2d          | handshake
      01  00 00 29              | ClientHello
      03 03  5a*32              | TLS 1.2, random
      00                        | no session
      00 02  00 2f              | TLS_RSA_WITH_AES_128_CBC_SHA
      01 00                     | no compression`),
      kept('14  03 03  00 01  01     | change_cipher_spec'),
      kept('15  03 03  00 02  01 00  | alert: warning, close_notify'),
    ],
    longest: dump('17  03 03  48 00'),
    tooLong: dump('17  03 03  48 01'),
  },

  // FastCGI specification 1.0, sections 3.3, 3.4, 5.1, 5.5, and the typical flow of appendix B.
  fastcgi: {
    frames: [
      kept('01  01  00 01  00 08  00  00  00 01 00 00 00 00 00 00  | FCGI_BEGIN_REQUEST, FCGI_RESPONDER'),
      kept(`
      01  04  00 01  00 0f  01  00                               | FCGI_PARAMS, 15 bytes and 1 of padding
      0b 02  53 45 52 56 45 52 5f 50 4f 52 54  38 30             | SERVER_PORT 80
      00                                                         | the padding`),
      kept('01  04  00 01  00 00  00  00                           | FCGI_PARAMS, the end of them'),
      kept(`
      01  06  00 01  00 02  ff  00                               | FCGI_STDOUT, 2 bytes and 255 of padding
      68 69  00*255                                              | hi`),
      kept('01  03  00 01  00 08  00  00  00 00 00 00 00 00 00 00  | FCGI_END_REQUEST, FCGI_REQUEST_COMPLETE'),
    ],
  },

  // Chrome documentation, "Native messaging", "Native messaging protocol". The messages are JSON.
  nativeMessagingToHost: {
    frames: [
      stripped('10 00 00 00', '7b 22 74 65 78 74 22 3a 22 68 65 6c 6c 6f 22 7d | {"text":"hello"}'),
      stripped('04 00 00 00', '6e 75 6c 6c                                     | null'),
    ],
    longest: dump('00 00 00 04'),
    tooLong: dump('01 00 00 04'),
  },

  nativeMessagingFromHost: {
    frames: [
      stripped('0b 00 00 00', '7b 22 6f 6b 22 3a 74 72 75 65 7d  | {"ok":true}'),
      stripped('02 00 00 00', '5b 5d                             | []'),
    ],
    longest: dump('00 00 10 00'),
    tooLong: dump('01 00 10 00'),
  },
}
