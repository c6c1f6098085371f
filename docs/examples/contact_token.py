"""A website's endpoint for contact tokens, by the standard library: GET /contact-token answers who is signed in.

    CONTACT_SITE=shop CONTACT_KEY_ID=2026-11 CONTACT_SECRET=… PORT=3000 python3 contact_token.py

Site, key and secret are those of [sites.shop] and its contact-keys in Vitrine's configuration.
"""

import base64
import hashlib
import hmac
import json
import os
import time
import uuid
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SITE = os.environ["CONTACT_SITE"]
KEY_ID = os.environ["CONTACT_KEY_ID"]
SECRET = os.environ["CONTACT_SECRET"].encode()
PORT = int(os.environ.get("PORT", "3000"))
GOOD_FOR_S = 500

# In place of these, your website's own: who is signed in by this request's session, as its server knows.
SIGNED_IN = {"4711": {"name": "Jane Doe", "plan": "Gold"}}


def customer_of(headers):
    session = SimpleCookie(headers.get("Cookie", "")).get("session")
    return SIGNED_IN.get(session.value) if session else None


def contact_token(attributes):
    now = int(time.time())
    header = {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}
    claims = {"sub": SITE, "iat": now, "exp": now + GOOD_FOR_S, "jti": str(uuid.uuid4()), "attributes": attributes}
    signed = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{signed}.{part(hmac.digest(SECRET, signed.encode(), hashlib.sha256))}"


def part(content):
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Website(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/contact-token":
            self.send_error(404)
            return
        customer = customer_of(self.headers)
        # Null: nobody is signed in. No CORS header: no other website's page may read the answer.
        body = json.dumps({"contactToken": contact_token(customer) if customer else None}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", PORT), Website) as server:
        print(f"listening on port {server.server_address[1]}", flush=True)
        server.serve_forever()
