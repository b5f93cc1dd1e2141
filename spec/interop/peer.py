"""Answers each message of a PeerNode with its bytes reversed, in frames cut at random points."""
import random, socket, struct, sys

host, port, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(seed)
with socket.create_connection((host, port)) as connection, connection.makefile('rb') as stream:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while header := stream.read(4):
        message = stream.read(*struct.unpack('>I', header))
        frame = struct.pack('>I', len(message)) + message[::-1]
        while frame:
            cut = random.choice([1, 3, 7, 1460, len(frame) // 2 + 1])
            connection.sendall(frame[:cut])
            frame = frame[cut:]
