"""Where a listing may not send us, tried against real servers on the loopback."""
import gzip
import io
import ipaddress
import shutil
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from shopvision import fetch as fetch_module
from shopvision.fetch import FetchError, FetchPolicy, fetch, refused_because
from shopvision.images import ImageError, load_image

LOOPBACK = (ipaddress.ip_network('127.0.0.0/8'),)
Image.new('RGB', (6, 4), 'red').save(_png := io.BytesIO(), 'PNG')
PNG = _png.getvalue()


class Shop(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.visits.append((self.path, self.headers['Host']))
        path = self.path.split('?')[0]
        if path.startswith('/to/'): self.send_response(302); self.send_header('Location', self.server.goals[path[4:]]); self.end_headers()
        elif path == '/slow': self.send_response(200); self.end_headers(); self.drip(b'x' * 100)
        elif path == '/slow-header': self.drip(b'HTTP/1.1 200 OK\r\nX-Padding: ' + b'x' * 100)
        elif path == '/endless':
            self.send_response(200); self.end_headers()
            try:
                while True: self.wfile.write(b'x' * 65536)
            except OSError: pass
        elif path == '/huge': self.send_response(200); self.send_header('Content-Length', '999999999'); self.end_headers()
        elif path == '/zipped': self.answer(gzip.compress(PNG), ('Content-Encoding', 'gzip'))
        elif path == '/a.png': self.answer(PNG)
        elif path == '/page': self.answer(b'<!DOCTYPE html><title>Not found</title>')
        else: self.send_error(404)

    def answer(self, body, *headers):
        self.send_response(200)
        for h in headers: self.send_header(*h)
        self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)

    def drip(self, data):
        try:
            for b in data: self.wfile.write(bytes([b])); self.wfile.flush(); time.sleep(.1)
        except OSError: pass

    def log_message(self, *args): pass


@pytest.fixture
def shop():
    server = ThreadingHTTPServer(('127.0.0.1', 0), Shop)
    server.daemon_threads = True
    server.visits, server.goals = [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.port = server.server_address[1]
    server.policy = FetchPolicy(seconds=5, ports=(80, 443, server.port), allow=LOOPBACK, resolve=lambda host, port, seconds: ['127.0.0.1'])
    server.url = f'http://shop.example:{server.port}'
    yield server
    server.shutdown(); server.server_close()


def test_an_allowed_address_is_fetched_under_its_own_name(shop):
    assert fetch(shop.url + '/a.png', policy=shop.policy) == PNG
    assert shop.visits == [('/a.png', f'shop.example:{shop.port}')]
    assert load_image(shop.url + '/a.png', allow_urls=shop.policy).size == (6, 4)


@pytest.mark.parametrize('address', [
    '127.0.0.1', '127.8.9.1', '0.0.0.0', '10.1.2.3', '172.16.0.1', '192.168.0.1', '169.254.169.254', '100.64.0.1', '100.100.100.200', '192.0.0.192',
    '198.18.0.1', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255', '192.0.2.1', '192.88.99.1', '168.63.129.16',
    '::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd00:ec2::254', 'ff02::1', 'fec0::1', '2001:db8::1', '100::1', '3fff::1', '5f00::1',
    '::ffff:127.0.0.1', '::ffff:169.254.169.254', '::ffff:8.8.8.8', '::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::7f00:1',
    '2002:7f00:1::1', '2001:0:7f00:1::', 'nonsense', ''])
def test_no_address_but_a_public_one_is_fit(address):
    assert refused_because(address)


@pytest.mark.parametrize('address', ['8.8.8.8', '93.184.216.34', '2606:4700::1', '2a00:1450:4001:81b::200e', '64:ff9b::808:808'])
def test_public_addresses_are_fit(address):
    assert not refused_because(address)


@pytest.mark.parametrize('host', ['localhost', '127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', '0', '[::1]', '[::ffff:7f00:1]', '[::]',
                                  'LOCALHOST.'])
def test_every_spelling_of_the_loopback_is_refused(host, shop):
    with pytest.raises(FetchError): fetch(f'http://{host}:{shop.port}/a.png', policy=replace(FetchPolicy(), ports=(shop.port,)))
    assert shop.visits == []


def test_one_private_address_among_public_ones_spoils_the_name(shop):
    policy = FetchPolicy(ports=(shop.port,), resolve=lambda *_: ['93.184.216.34', '127.0.0.1'])
    with pytest.raises(FetchError, match=r'leads to 127\.0\.0\.1, which is this machine itself'): fetch(shop.url + '/a.png', policy=policy)


def test_a_rebinding_name_is_asked_once_and_gets_no_second_chance(shop, monkeypatch):
    "The first answer is public; had the name been looked up again for connecting, the answer would be our own server"
    asked, dialed = [], []
    def resolve(host, port, seconds):
        asked.append(host)
        return ['93.184.216.34'] if len(asked) == 1 else ['127.0.0.1']
    def connect(self, host, port, *args, **kwargs):
        dialed.append(host)
        raise fetch_module.httpcore.ConnectError('no route')
    monkeypatch.setattr(fetch_module.httpcore.SyncBackend, 'connect_tcp', connect)
    monkeypatch.setattr(socket, 'getaddrinfo', lambda *a, **k: pytest.fail('the name was looked up behind our back'))
    with pytest.raises(FetchError, match='no route'): fetch(shop.url + '/a.png', policy=FetchPolicy(ports=(shop.port,), resolve=resolve))
    assert asked == ['shop.example'] and dialed == ['93.184.216.34'] and shop.visits == []


def test_a_name_that_rebinds_between_redirects_is_checked_again(shop):
    answers = iter([['127.0.0.1'], ['10.0.0.5']])
    shop.goals['again'] = shop.url + '/a.png'
    policy = replace(shop.policy, resolve=lambda *_: next(answers))
    with pytest.raises(FetchError, match=r'10\.0\.0\.5, which is not a public address'): fetch(shop.url + '/to/again', policy=policy)


def test_a_redirect_to_the_metadata_address_is_refused(shop):
    def resolve(host, port, seconds): return ['127.0.0.1'] if host == 'shop.example' else fetch_module.resolve_host(host, port, seconds)
    policy = replace(shop.policy, resolve=resolve)
    shop.goals['meta'] = 'http://169.254.169.254/latest/meta-data/iam/'
    with pytest.raises(FetchError, match=r'169\.254\.169\.254, which is link-local, where clouds keep'): fetch(shop.url + '/to/meta', policy=policy)
    with pytest.raises(ImageError, match='metadata'): load_image(shop.url + '/to/meta', allow_urls=policy)


@pytest.mark.parametrize('goal,why', [('file:///etc/passwd', "scheme 'file' is not allowed"), ('http://shop.example:22/', 'port 22 is not allowed'),
                                      ('http://u:p@shop.example/', 'never sent'), ('//shop.example:6379/x', 'port 6379')])
def test_a_redirect_passes_the_same_checks_as_the_first_address(shop, goal, why):
    shop.goals['x'] = goal
    with pytest.raises(FetchError, match=why): fetch(shop.url + '/to/x', policy=shop.policy)


def test_three_redirects_are_followed_and_a_fourth_is_not(shop):
    shop.goals |= {'1': '/to/2', '2': 'to/../3', '3': '/to/4', '4': '/a.png', 'loop': '/to/loop'}
    shop.goals['2'] = '/to/3'
    shop.goals['3'] = '/a.png'
    assert fetch(shop.url + '/to/1', policy=shop.policy) == PNG
    shop.goals['3'] = '/to/4'
    with pytest.raises(FetchError, match='more than 3 redirects'): fetch(shop.url + '/to/1', policy=shop.policy)
    with pytest.raises(FetchError, match='more than 3 redirects'): fetch(shop.url + '/to/loop', policy=shop.policy)


@pytest.mark.parametrize('path', ['/slow', '/slow-header'])
def test_a_dripping_server_is_left_at_the_deadline(shop, path):
    start = time.monotonic()
    with pytest.raises(FetchError, match=r'no complete answer within 0\.7 s'): fetch(shop.url + path, policy=replace(shop.policy, seconds=.7))
    assert time.monotonic() - start < 2


def test_a_silent_resolver_is_left_at_the_deadline(monkeypatch):
    monkeypatch.setattr(socket, 'getaddrinfo', lambda *a, **k: time.sleep(3))
    with pytest.raises(FetchError, match='was not resolved within'): fetch('http://shop.example/a.png', policy=FetchPolicy(seconds=.3))


def test_size_is_limited_by_what_arrives_not_by_what_is_promised(shop):
    with pytest.raises(FetchError, match='more than 1,000,000 bytes'): fetch(shop.url + '/endless', 1_000_000, shop.policy)
    with pytest.raises(FetchError, match='999,999,999 bytes; up to 1,000,000'): fetch(shop.url + '/huge', 1_000_000, shop.policy)


def test_compressed_answers_are_refused(shop):
    with pytest.raises(FetchError, match='compressed'): fetch(shop.url + '/zipped', policy=shop.policy)


def test_a_page_instead_of_a_picture_is_named(shop):
    with pytest.raises(ImageError, match='is an HTML page'): load_image(shop.url + '/page', allow_urls=shop.policy)
    with pytest.raises(ImageError, match='the server answered 404'): load_image(shop.url + '/gone.png?sig=secret', allow_urls=shop.policy)


def test_proxies_of_the_environment_are_not_used(shop, monkeypatch):
    for name in ('http_proxy', 'HTTP_PROXY', 'ALL_PROXY'): monkeypatch.setenv(name, 'http://127.0.0.1:9')
    assert fetch(shop.url + '/a.png', policy=shop.policy) == PNG


@pytest.mark.parametrize('url', ['', 'http://', 'http:///a', 'http://[::1', 'http://a b/', 'http://' + 'x' * 300 + '/', 'http://\x00/',
                                 'javascript:alert(1)', 'http://shop.example:99999/', '//x/y'])
def test_what_is_no_url_is_refused(url):
    with pytest.raises(FetchError): fetch(url, policy=FetchPolicy(seconds=3))


def test_a_dead_address_gives_way_to_the_next(shop):
    assert fetch(shop.url + '/a.png', policy=replace(shop.policy, resolve=lambda *_: ['127.9.9.9', '127.0.0.1'])) == PNG


@pytest.mark.skipif(not shutil.which('openssl'), reason='makes its certificate with openssl')
def test_certificates_are_verified_for_the_name_not_the_address(tmp_path, shop, monkeypatch):
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
                    '-keyout', tmp_path / 'key.pem', '-out', tmp_path / 'cert.pem', '-subj', '/CN=shop.example', '-addext', 'subjectAltName=DNS:shop.example'],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / 'cert.pem', tmp_path / 'key.pem')
    shop.socket = context.wrap_socket(shop.socket, server_side=True)
    secure = f'https://shop.example:{shop.port}/a.png'
    with pytest.raises(FetchError, match='CERTIFICATE_VERIFY_FAILED'): fetch(secure, policy=shop.policy)
    trusting = ssl.create_default_context(cafile=tmp_path / 'cert.pem')
    monkeypatch.setattr(fetch_module, 'tls_context', lambda: trusting)
    assert fetch(secure, policy=shop.policy) == PNG
    with pytest.raises(FetchError, match='Hostname mismatch'): fetch(secure.replace('shop.example', 'bank.example'), policy=shop.policy)
