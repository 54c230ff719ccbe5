"""A mail server that wants encryption and a password, on loopback, with a certificate of its own authority."""

import base64
import contextlib
import socketserver
import ssl
import threading
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME, PASSWORD = "portal", "a secret of the mail"


class _Conversation(socketserver.StreamRequestHandler):
    """What RFC 5321, 3207 and 4954 ask for, one line at a time."""

    def handle(self):
        server = self.server
        if server.implicit:
            self._encrypt()
        self.encrypted, self.signed_in = server.implicit, False
        self._say("220 mail.example")
        while line := self.rfile.readline().decode().rstrip("\r\n"):
            verb = line.split(" ")[0].lower()
            if verb == "quit":
                self._say("221 bye")
                break
            getattr(self, f"_{verb}", self._unknown)(line)

    def finish(self):
        """Close also what encryption has put over the first connection."""
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def _ehlo(self, _):
        offers = ["AUTH PLAIN"] if self.encrypted and self.server.takes_passwords else []
        offers += ["STARTTLS"] if self.server.tls and not self.encrypted else []
        told = ["mail.example", *offers]
        for offer in told[:-1]:
            self._say(f"250-{offer}")
        self._say(f"250 {told[-1]}")

    def _starttls(self, _):
        self._say("220 go ahead")
        self._encrypt()
        self.encrypted = True

    def _auth(self, line):
        _, name, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
        self.signed_in = (name, password) == (NAME, PASSWORD)
        self._say("235 welcome" if self.signed_in else "535 5.7.8 wrong name or password")

    def _mail(self, _):
        allowed = self.signed_in or not self.server.takes_passwords
        self._say("250 ok" if allowed else "530 5.7.0 sign in first")

    def _rcpt(self, line):
        self._say("250 ok" if "nobody" not in line else "550 5.1.1 no such mailbox")

    def _data(self, _):
        self._say("354 go on")
        lines = iter(self.rfile.readline, b".\r\n")
        self.server.taken.append((self.encrypted, self.signed_in, b"".join(lines)))
        self._say("250 kept")

    def _rset(self, _):
        self._say("250 ok")

    def _unknown(self, _):
        self._say("502 not here")

    def _say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def _encrypt(self):
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile.close()
        self.wfile.close()
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request, client_address):
        """A client that does not trust us hangs up; that is what some tests want."""


@contextlib.contextmanager
def mail_server(folder, *, tls=True, implicit=False, takes_passwords=True):
    """The server, with `taken`: (encrypted, signed in, mail) each; its authority's certificate is `folder/ca.pem`."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.tls = _certified(folder) if tls else None
        server.implicit, server.takes_passwords, server.taken = implicit, takes_passwords, []
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        try:
            yield server
        finally:
            server.shutdown()
            serving.join()


def _certified(folder):
    """A context with a certificate for "localhost", signed by an authority nobody knows."""
    authority, theirs = _key(), _key()
    root = _certificate("Test authority", authority, signer=authority, issuer="Test authority", is_ca=True)
    leaf = _certificate("localhost", theirs, signer=authority, issuer="Test authority", is_ca=False)
    (folder / "ca.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    pem = theirs.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(pem + leaf.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return context


def _key():
    return ec.generate_private_key(ec.SECP256R1())


def _certificate(name, key, *, signer, issuer, is_ca):
    now = datetime.now(UTC)
    making = (
        x509.CertificateBuilder(_named(issuer), _named(name), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    )
    return making.sign(signer, hashes.SHA256())


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
