"""A stand-in for Alibaba Cloud's SendSms that checks every signature from the bytes on the wire.

It shares no code with the adapter. What it knows comes from the provider's pages on request signatures V3 and SendSms.
"""

import contextlib
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

KEY_IDENTIFIER = "LTAI-test"
KEY_SECRET = "the account's secret"
APPROVED_SIGN_NAME = "萤火"
APPROVED_TEMPLATES = {"SMS_100001": {"code"}}

_REQUIRED = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
_AUTHORIZATION = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")


class AlibabaSms:
    """The provider: what it accepted, and answers that a test wants instead of the usual ones."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.accepted: list[dict[str, str]] = []
        self.nonces: set[str] = set()
        self.next_answer: tuple[int, bytes] | None = None
        self.endpoint = ""

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """One request as it came: status and JSON."""
        if self.next_answer is not None:
            return self.next_answer
        fault = self._authentication_fault(method, target, headers, body)
        if fault is not None:
            return HTTPStatus.BAD_REQUEST, _document(fault, "the request was not authenticated")
        parameters = dict(parse_qsl(urlsplit(target).query, strict_parsing=True))
        fault = _business_fault(parameters)
        if fault is None:
            self.accepted.append(parameters)
            return HTTPStatus.OK, _document("OK", "OK", BizId=f"9006{len(self.accepted):08d}^0")
        return HTTPStatus.OK, _document(fault, "the message was not accepted")

    def _authentication_fault(self, method: str, target: str, headers: dict[str, str], body: bytes) -> str | None:
        found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if found is None:
            return "IncompleteSignature"
        identifier, names, signature = found.groups()
        if identifier != KEY_IDENTIFIER:
            return "InvalidAccessKeyId.NotFound"
        signed = names.split(";")
        must = _REQUIRED | {name for name in headers if name.startswith("x-acs-")} | ({"content-type"} & set(headers))
        if signed != sorted(signed) or set(signed) != must:
            return "IncompleteSignature"
        if headers["x-acs-content-sha256"] != hashlib.sha256(body).hexdigest():
            return "SignatureDoesNotMatch"
        path, _, query = target.partition("?")
        request = f"{method}\n{path}\n{_canonical(query)}\n"
        request += "".join(f"{name}:{headers[name]}\n" for name in signed)
        request += f"\n{names}\n{hashlib.sha256(body).hexdigest()}"
        text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(request.encode()).hexdigest()
        expected = hmac.digest(KEY_SECRET.encode(), text.encode(), "sha256").hex()
        if not hmac.compare_digest(expected, signature):
            return "SignatureDoesNotMatch"
        return self._freshness_fault(headers)

    def _freshness_fault(self, headers: dict[str, str]) -> str | None:
        sent = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(sent - self.now) > timedelta(minutes=15):
            return "InvalidTimeStamp.Expired"
        if headers["x-acs-signature-nonce"] in self.nonces:
            return "SignatureNonceUsed"
        self.nonces.add(headers["x-acs-signature-nonce"])
        if (headers["x-acs-action"], headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
            return "InvalidAction.NotFound"
        return None


def _business_fault(parameters: dict[str, str]) -> str | None:
    if not re.fullmatch(r"1[3-9]\d{9}|(?!86)[1-9]\d{6,14}", parameters.get("PhoneNumbers", "")):
        return "isv.MOBILE_NUMBER_ILLEGAL"
    if parameters.get("SignName") != APPROVED_SIGN_NAME:
        return "isv.SMS_SIGNATURE_ILLEGAL"
    wanted = APPROVED_TEMPLATES.get(parameters.get("TemplateCode", ""))
    if wanted is None:
        return "isv.SMS_TEMPLATE_ILLEGAL"
    given = json.loads(parameters["TemplateParam"])
    if not all(isinstance(value, str) for value in given.values()):
        return "isv.INVALID_JSON_PARAM"
    return None if wanted <= set(given) else "isv.TEMPLATE_MISSING_PARAMETERS"


def _canonical(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)


def _encoded(text: str) -> str:
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def _document(code: str, message: str, **more: str) -> bytes:
    return json.dumps({"Code": code, "Message": message, "RequestId": "F655A8D5"} | more).encode()


@contextlib.contextmanager
def serving_sms(now: datetime) -> Iterator[AlibabaSms]:
    """Run the provider on a free port, in a thread of its own."""
    provider = AlibabaSms(now)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value.strip() for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", "0")))
            status, document = provider.answer(self.command, self.path, headers, body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name for it
            """Keep the tests' output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
