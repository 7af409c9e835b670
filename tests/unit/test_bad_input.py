"""Bad input gets a clear message, and costs nothing but itself."""
import io
import json
import struct
import tracemalloc
import zlib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from PIL import Image

from shopvision.images import ImageError, ImageLimits, load_image, load_images
from shopvision.listing import Listing, clean_html, clean_text, fingerprint
from shopvision.readers import READERS, BadListing, SourceError, read_listings
from shopvision.records import open_table

FEW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def png(size=(8, 8), mode='RGB'):
    Image.new(mode, size).save(out := io.BytesIO(), 'PNG')
    return out.getvalue()


def png_chunk(kind, data): return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def claims(width, height, *chunks):
    "A PNG whose header claims a size, with little behind it"
    return b'\x89PNG\r\n\x1a\n' + png_chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)) + b''.join(chunks) + png_chunk(
        b'IDAT', zlib.compress(b'\x00' * 100_000)) + png_chunk(b'IEND', b'')


AWKWARD = {
    'empty title': dict(title='', description=''),
    'only emoji': dict(title='🔥🔥👟✨', description='👩‍🚀🏳️‍🌈'),
    'right to left': dict(title='حذاء مطري للأطفال', description='<p dir="rtl">מגפי גשם</p>'),
    'Chinese, Japanese, Korean': dict(title='防水登山靴 レインブーツ 장화', description='<p>天然橡胶，38码</p>'),
    'mixed scripts': dict(title='Nike耐克 кроссовки “Air” آير ‏2024', description='size 42 — 42号 — ٤٢'),
    'only markup': dict(title='<b></b>', description='<div><script>x()</script></div>'),
    'only white space': dict(title='\u200b \u00a0\ufeff', description='&nbsp;&#8203;'),
    '100 KB of HTML': dict(title='Boots', description='<div class="x"><p>Natural rubber &amp; fleece</p></div>' * 2000),
    'deep HTML': dict(title='Boots', description='<div>' * 20_000 + 'rubber'),
    'unclosed HTML': dict(title='Boots', description='<p>rubber <b>and <i>fleece <table><tr><td>x'),
    'lone surrogate': dict(title='Boots \ud83d', description='cut \udc00 emoji'),
    'controls': dict(title='Bo\x00ots\x07', description='\x1b[31mred\x1b[0m'),
}


@pytest.mark.parametrize('case', AWKWARD)
def test_awkward_text_is_a_listing_like_any_other(case):
    listing = Listing(id=case, **AWKWARD[case])
    title, text = clean_text(listing.title), clean_html(listing.description)
    assert all(c not in title + text for c in '\x00\x07\x1b\u200b\ufeff')
    title.encode(); text.encode()
    assert len(fingerprint(listing)) == 32


@pytest.mark.parametrize('case', ['only emoji', 'right to left', 'Chinese, Japanese, Korean'])
def test_no_script_loses_its_letters(case):
    assert clean_text(AWKWARD[case]['title']) == AWKWARD[case]['title']


@pytest.mark.parametrize('case', [c for c in AWKWARD if c != 'lone surrogate'])
def test_awkward_text_survives_a_file(case, tmp_path):
    (tmp_path / 'a.jsonl').write_text(json.dumps({'id': case, **AWKWARD[case]}, ensure_ascii=False) + '\n')
    assert list(read_listings(tmp_path / 'a.jsonl')) == [Listing(id=case, **AWKWARD[case])]


def test_a_cut_emoji_in_json_is_reported_and_the_rest_goes_on(tmp_path):
    (tmp_path / 'a.jsonl').write_text('{"id": "a", "title": "Boots \\ud83d"}\n{"id": "b"}\n')
    bad, good = read_listings(tmp_path / 'a.jsonl')
    assert bad.where == 'line 1' and 'surrogate' in bad.reason and good.id == 'b'


def test_no_image_is_no_error():
    assert load_images(Listing('a', 'Boots')) == ([], [])


def test_twenty_images_are_looked_at_and_the_rest_is_counted():
    images, errors = load_images(Listing('a', images=(png(),) * 20))
    assert len(images) == 20 and not errors
    images, errors = load_images(Listing('a', images=(png(),) * 25))
    assert len(images) == 20 and str(errors[0]) == 'images 21 to 25 of listing a: were not looked at; up to 20 of a listing are'


def test_one_pixel_is_an_image():
    assert load_image(png((1, 1))).size == (1, 1)


BAD_IMAGES = {
    'a 20,000 pixel banner': (png((20_000, 300), 'L'), 'is 20,000 × 300 pixels; sides up to 16,384 are allowed'),
    'a long thin strip': (png((5_000, 3), 'L'), 'one side may be up to 100 times the other'),
    'a truncated photo': (png((300, 300))[:200], 'is cut off or damaged'),
    'half a header': (png()[:20], 'its header is broken|is a PNG whose header is damaged'),
    'renamed text': (b'Best boots in town!\n', 'is text; JPEG, PNG, WebP, GIF and BMP are allowed'),
    'a renamed page': (b'<html><body>404</body></html>', 'is an HTML page'),
    'a drawing': (b'<svg xmlns="x"><rect/></svg>', 'is an SVG drawing'),
    'an iPhone photo': (b'\x00\x00\x00\x18ftypheic\x00\x00\x00\x00', 'is a HEIC picture'),
    'nothing': (b'', 'is empty'),
    'zeros': (b'\x00' * 1000, 'is no picture'),
    'a bomb of many pixels': (claims(16_000, 16_000), 'pixels'),
    'a bomb beyond all limits': (claims(200_000, 200_000), 'too many pixels|sides up to'),
    'a bomb in a text chunk': (claims(8, 8, *[png_chunk(b'zTXt', b'k\x00\x00' + zlib.compress(b'x' * 50_000_000))]), 'header is broken|damaged'),
    'no size': (claims(0, 5), 'pixels|header'),
}


@pytest.mark.parametrize('case', BAD_IMAGES)
def test_a_bad_image_is_named_refused_and_costs_no_memory(case):
    data, message = BAD_IMAGES[case]
    tracemalloc.start()
    try:
        with pytest.raises(ImageError, match=message): load_image(data)
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally: tracemalloc.stop()


def test_a_bad_image_leaves_the_listing_its_text_and_its_other_images():
    listing = Listing('boots-7', 'Rain boots', images=(*(d for d, _ in BAD_IMAGES.values()), png()))
    images, errors = load_images(listing)
    assert len(images) == 1 and len(errors) == len(BAD_IMAGES) and all('of listing boots-7' in str(e) for e in errors)


def export_of(n, broken=None):
    "A product export of `n` products in two rows each; `broken` replaces the first row of some"
    lines = ['Handle,Title,Body (HTML),Vendor,Type,Tags,Option1 Name,Option1 Value,Variant Price,Image Src,Image Position']
    for i in range(n):
        lines.append((broken or {}).get(i) or f'product-{i},"Product {i}, new","<p>Line one,\n<b>two</b> ""quoted"", three</p>",Quay,Thing,"a, b",'
                     f'Size,S,12.00,https://cdn.example.com/{i}.jpg,1')
        lines.append(f'product-{i},,,,,,,M,12.00,https://cdn.example.com/{i}-b.jpg,2')
    return '\n'.join(lines) + '\n'


BROKEN_ROWS = {
    'an opening quote too many': 'product-500,"Product 500, new,"<p>Body, one</p>",Quay,Thing,"a, b",Size,S,12.00,https://cdn.example.com/500.jpg,1',
    'a closing quote lost': 'product-500,Product 500,"<p>Body, one</p>,Quay,Thing,a,Size,S,12.00,https://cdn.example.com/500.jpg,1',
    'a quote not doubled': 'product-500,"Boots 7" high",<p>x</p>,Quay,Thing,a,Size,S,12.00,https://cdn.example.com/500.jpg,1',
    'an opening quote lost in a long body':
        'product-500,Product 500,<p>Line one,\nline two, and\n\n<ul><li>more</li></ul>"'
        ',Quay,Thing,a,Size,S,12.00,https://cdn.example.com/500.jpg,1',
    'a field too few': 'product-500,Product 500,<p>x</p>,Quay,Thing,a,Size,S,12.00,https://cdn.example.com/500.jpg',
    'fields too many': 'product-500,Product 500, red, new,<p>x</p>,Quay,Thing,a,Size,S,12.00,https://cdn.example.com/500.jpg,1',
}


@pytest.mark.parametrize('case', BROKEN_ROWS)
def test_a_broken_row_500_costs_that_row_only(case, tmp_path):
    path = tmp_path / 'products.csv'
    path.write_text(export_of(1000, {500: BROKEN_ROWS[case]}))
    found = list(read_listings(path))
    bad = [f for f in found if isinstance(f, BadListing)]
    listings = {f.id: f for f in found if isinstance(f, Listing)}
    assert len(bad) == 1 and bad[0].raw == BROKEN_ROWS[case]
    first = 2 + 500 * 3
    assert bad[0].where == (f'line {first}' if '\n' not in bad[0].raw else f'lines {first}-{first + bad[0].raw.count(chr(10))}')
    assert sorted(listings) == sorted(f'product-{i}' for i in range(1000))
    whole = [l for i, l in listings.items() if i != 'product-500']
    assert all(l.title and l.description.endswith('three</p>') and len(l.images) == 2 for l in whole)
    rest = listings['product-500']
    assert rest.images == ('https://cdn.example.com/500-b.jpg',) and 'of this product could not be read' in rest.extra['warnings'][0]


def test_a_file_broken_from_its_first_row_to_its_last_still_ends(tmp_path):
    (tmp_path / 'p.csv').write_text('Handle,Title,Image Src\n' + 'x,"y\n' * 50_000)
    found = list(read_listings(tmp_path / 'p.csv'))
    assert found and all(isinstance(f, BadListing) for f in found)
    assert sum(f.raw.count('\n') + 1 for f in found) == 50_000


@FEW
@given(st.text())
def test_any_text_can_be_cleaned(text):
    for cleaned in (clean_text(text), clean_text(text, keep_lines=True), clean_html(text), clean_html('<p>' + text)):
        cleaned.encode()
        assert '\x00' not in cleaned


@FEW
@given(st.lists(st.sampled_from([*'<>/!-="\'& \n;ap\x00\ud800', '<script>', '</p', '<p>', '<td>', '<!--', '<![CDATA[', '<svg>',
                                 '&#x110000;', '&#0;', '&#xd800;'])).map(''.join))
def test_any_markup_can_be_cleaned(markup):
    clean_html(markup).encode()


@FEW
@given(st.binary(max_size=2000), st.sampled_from(['a.jsonl', 'a.json', 'a.csv', 'a.txt', 'a', 'a.parquet']), st.sampled_from(['auto', *READERS]))
def test_random_bytes_are_read_or_refused_but_never_raise_anything_else(tmp_path, data, name, format):
    (tmp_path / name).write_bytes(data)
    try: found = list(read_listings(tmp_path / name, format))
    except SourceError as e: assert str(e)
    else: assert all(isinstance(f, (Listing, BadListing)) for f in found)


JSON = st.recursive(st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
                        ['id', 'title', 'images', 'image', 'tags', 'extra', 'warnings', 'nodes', 'edges', 'node', 'products', 'data', 'product',
                         'metafields', 'media', 'options', 'category', 'descriptionHtml', 'key', 'value', 'references', '__parentId', 'url', 'values',
                         'optionValues', 'vendor', 'handle']), inner, max_size=5), max_leaves=25)


@FEW
@given(st.lists(JSON, max_size=4), st.sampled_from(['a.jsonl', 'a.json']), st.sampled_from(['auto', 'jsonl', 'json', 'shopify_graphql']))
def test_json_of_any_shape_is_read_or_refused(tmp_path, records, name, format):
    text = '\n'.join(map(json.dumps, records)) if name.endswith('l') else json.dumps(records)
    (tmp_path / name).write_text(text)
    try: found = list(read_listings(tmp_path / name, format))
    except SourceError as e: assert str(e)
    else: assert all(isinstance(f, (Listing, BadListing)) for f in found)


@FEW
@given(st.lists(st.text(st.sampled_from(list('ab",;\n \r1é')), max_size=30), max_size=30))
def test_no_line_of_a_broken_table_is_lost(tmp_path, rows):
    body = '\n'.join(rows)
    (tmp_path / 'a.csv').write_bytes(('id,title,vendor\n' + body).encode())
    read = [line for row in open_table(tmp_path / 'a.csv').rows for line in row.raw.split('\n')]
    assert [l for l in read if l.strip()] == [l.rstrip('\r') for l in body.split('\n') if l.strip()]


@FEW
@given(st.binary(max_size=300), st.sampled_from([b'', b'\x89PNG\r\n\x1a\n', b'\xff\xd8\xff\xe0', b'GIF89a', b'BM', b'RIFF\x00\x10\x00\x00WEBPVP8 ']))
def test_random_bytes_are_no_image_and_say_so(data, start):
    try: load_image(start + data, replace(ImageLimits(), max_pixels=1_000_000))
    except ImageError as e: assert e.reason
