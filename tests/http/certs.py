# Licensed under the Apache License, Version 2.0; see LICENSE.
"""Certificate authorities and server certificates for the tests."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


LOOPBACK = ("localhost", "127.0.0.1")


class Authority:
    """
    A certificate authority of our own, good for a few days: a root, or one
    that a parent vouches for.
    """

    def __init__(self, directory, name="test", days=(-2, 2), parent=None):
        self.directory = directory
        self.name = _name(f"{name} authority")
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.file = directory / f"{name}-ca.pem"
        certificate = (parent or self)._sign(
            self.name, self.key.public_key(), days, ca=True
        )
        self.file.write_bytes(_pem(certificate))

    def issue(self, label, hosts=LOOPBACK, days=(-1, 1), chain=()):
        """
        A certificate for hosts; the paths of its file and key's file. chain
        are authorities whose own certificates stand in the file behind it.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(
            _name(hosts[0]), key.public_key(), days, hosts=hosts
        )
        more = b"".join(other.file.read_bytes() for other in chain)
        return self._write(label, _pem(certificate) + more, key)

    def _write(self, label, certificates, key):
        cert_file = self.directory / f"{label}.pem"
        key_file = self.directory / f"{label}.key"
        cert_file.write_bytes(certificates)
        key_file.write_bytes(_key_pem(key))
        return cert_file, key_file

    def _sign(self, subject, public_key, days, hosts=(), ca=False):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * DAY)
            .not_valid_after(now + days[1] * DAY)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        if hosts:
            names = [_alternative(host) for host in hosts]
            builder = builder.add_extension(
                x509.SubjectAlternativeName(names), critical=False
            )
        return builder.sign(self.key, hashes.SHA256())


class SelfSigned(Authority):
    """Issues nothing but certificates of its own name and key."""

    def issue(self, label, hosts=LOOPBACK, days=(-1, 1)):
        certificate = self._sign(
            self.name, self.key.public_key(), days, hosts=hosts
        )
        return self._write(label, _pem(certificate), self.key)
