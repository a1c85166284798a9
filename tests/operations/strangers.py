"""Services of others, as small as they can be: a virus scanner, a mail server, an SMS gateway. Each on its own thread."""
import http.server
import json
import os
import socket
import socketserver
import struct
import threading


class Clamd:
    """Speaks INSTREAM on a local socket; what holds EICAR is infected."""

    def __init__(self, path):
        self.path = str(path)
        self.scanned = 0
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                if self.rfile.read(10) != b"zINSTREAM\0":
                    self.wfile.write(b"UNKNOWN COMMAND\0")
                    return
                content = b""
                while size := struct.unpack(">I", self.rfile.read(4))[0]:
                    content += self.rfile.read(size)
                outer.scanned += 1
                self.wfile.write(b"stream: Eicar-Signature FOUND\0" if b"EICAR" in content else b"stream: OK\0")

        class Listener(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener = Listener(self.path, Handler)
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()
        os.unlink(self.path)


class Smtp:
    """Takes every mail and keeps it: (from, to, text)."""

    def __init__(self):
        self.mails = []
        self.arrived = threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, text):
                self.wfile.write(text.encode() + b"\r\n")

            def handle(self):
                sender, to = "", []
                self.say("220 here")
                while line := self.rfile.readline().decode("utf-8", "replace").rstrip("\r\n"):
                    verb = line[:4].upper()
                    if verb == "MAIL":
                        sender = line.split(":", 1)[1].split()[0]
                    elif verb == "RCPT":
                        to.append(line.split(":", 1)[1].split()[0])
                    elif verb == "DATA":
                        self.say("354 go on")
                        text = b""
                        while (piece := self.rfile.readline()) not in (b".\r\n", b""):
                            text += piece
                        outer.mails.append((sender, to, text.decode("utf-8", "replace")))
                        outer.arrived.set()
                    elif verb == "QUIT":
                        self.say("221 bye")
                        return
                    self.say("250 well")

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.listener = Listener(("127.0.0.1", 0), Handler)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()


class SmsGateway:
    """Takes POSTs of JSON; the first `refusals` of them get 503."""

    def __init__(self, refusals=0):
        self.messages = []
        self.tokens = []
        self.refused = 0
        self.arrived = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                down = outer.refused < refusals
                outer.refused += down
                if not down:
                    outer.messages.append(json.loads(body))
                    outer.tokens.append(self.headers["Authorization"])
                    outer.arrived.set()
                self.send_response(503 if down else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.listener.daemon_threads = True
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()

    def stop(self):
        self.listener.shutdown()
        self.listener.server_close()


def slow_request(port, path, seconds_between, pieces):
    """A request whose head comes whole and whose body comes in pieces: the answer's first line, b"" when it was cut."""
    import time
    with socket.create_connection(("127.0.0.1", port)) as line:
        size = sum(map(len, pieces))
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                     f"Content-Length: {size}\r\n\r\n".encode())
        for piece in pieces:
            time.sleep(seconds_between)
            line.sendall(piece)
        line.settimeout(30)
        return line.recv(65536).split(b"\r\n", 1)[0]
