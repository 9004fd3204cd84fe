"""Load that notices each loss: `load.py serve PORT`, or `load.py call KIND ADDRESS PORT REPORT`, which goes on until it is ended.

KIND is `long` (one connection, a line and its answer), `short` (a connection for each line) or `datagrams`. Each question is asked
once and must be answered within PATIENCE seconds; TCP sends again by itself, so that a connection that is lost shows, and a
datagram that is lost. REPORT holds how many answers there were, and what was lost, if anything.
"""
import os
import socket
import socketserver
import sys
import threading
import time

PATIENCE = 20
PAUSE = 0.005


class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line)


class Datagrams(socketserver.BaseRequestHandler):
    def handle(self):
        data, own = self.request
        own.sendto(data, self.client_address)


class TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


def serve(port):
    threading.Thread(target=socketserver.UDPServer(("", port), Datagrams).serve_forever, daemon=True).start()
    TcpServer(("", port), Lines).serve_forever()


def exchange(connection, number):
    line = b"%d\n" % number
    connection.sendall(line)
    answer = b""
    while not answer.endswith(b"\n"):
        part = connection.recv(64)
        if not part:
            raise OSError("the connection was closed")
        answer += part
    if answer != line:
        raise OSError("answered %r, not %r" % (answer, line))


def call(kind, address, port, report):
    one = None
    number = 0
    while True:
        try:
            if kind == "short":
                with socket.create_connection((address, port), PATIENCE) as connection:
                    exchange(connection, number)
            elif kind == "long":
                if one is None:
                    one = socket.create_connection((address, port), PATIENCE)
                exchange(one, number)
            else:
                if one is None:
                    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    one.connect((address, port))
                    one.settimeout(PATIENCE)
                one.send(b"%d" % number)
                if one.recv(64) != b"%d" % number:
                    raise OSError("another answer")
        except OSError as error:
            tell(report, "%d lost: %s" % (number, error))
            return
        number += 1
        tell(report, str(number))
        time.sleep(PAUSE)


def tell(report, text):
    with open(report + ".new", "w") as file:
        file.write(text)
    os.replace(report + ".new", report)


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
else:
    call(sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5])
