"""Google's token endpoint as far as service accounts need it: assertions are checked by an implementation apart."""

import base64
import json
import time
from pathlib import Path
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .upstream import Exchange, ScriptedUpstream

ACCOUNT = "gateway@acme-1.iam.gserviceaccount.com"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"


class ServiceAccount:
    """An account with a key of its own."""

    def __init__(self, key_id: str = "key-1"):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = key_id

    @property
    def pem(self) -> str:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()

    def write(self, path: Path, token_uri: str, **more: object) -> Path:
        """The file as Google's console gives it, put in place at once."""
        new = path.with_suffix(".new")
        new.write_text(json.dumps({
            "type": "service_account", "project_id": "acme-1", "private_key_id": self.key_id,
            "private_key": self.pem, "client_email": ACCOUNT, "client_id": "1", "token_uri": token_uri, **more}))
        new.replace(path)
        return path


class TokenServer:
    """Gives tokens with numbers: `token-1`, `token-2`, …"""

    def __init__(self, upstream: ScriptedUpstream, account: ServiceAccount, lifetime: int = 3_600):
        self.upstream = upstream
        self.account = account
        self.lifetime = lifetime
        self.claims: list[dict] = []
        self.given = 0
        # Sent in place of a token.
        self.refusal: tuple[str, bytes] | None = None
        upstream.handler = self.answer

    @property
    def uri(self) -> str:
        return self.upstream.base_url.removesuffix("/v1") + "/token"

    @property
    def asked(self) -> int:
        return len(self.upstream.requests)

    def answer(self, exchange: Exchange) -> None:
        request = exchange.request
        assert request.start == "POST /token HTTP/1.1"
        assert request.header("content-type") == "application/x-www-form-urlencoded"
        if self.refusal:
            exchange.send_plain(self.refusal[1], self.refusal[0])
            return
        try:
            self.claims.append(self.checked(request.body.decode()))
        except (InvalidSignature, AssertionError):
            exchange.send_plain(b'{"error":"invalid_grant","error_description":"Invalid JWT Signature."}', "400 No")
            return
        self.given += 1
        exchange.send_plain(json.dumps({
            "access_token": f"token-{self.given}", "expires_in": self.lifetime, "token_type": "Bearer"}).encode())

    def checked(self, form: str) -> dict:
        """The claims of an assertion whose signature is right."""
        fields = {name: values[0] for name, values in parse_qs(form, strict_parsing=True).items()}
        assert fields["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer" and len(fields) == 2
        signed, _, signature = fields["assertion"].rpartition(".")
        header, claims = (json.loads(decoded(part)) for part in signed.split("."))
        assert header == {"alg": "RS256", "typ": "JWT", "kid": self.account.key_id}
        self.account.key.public_key().verify(
            decoded(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        assert abs(claims["iat"] - time.time()) < 60 and claims["exp"] - claims["iat"] == 3_600
        return claims


def decoded(part: str) -> bytes:
    assert "=" not in part and "+" not in part and "/" not in part
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
