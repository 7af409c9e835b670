"""What a merchant's image becomes, whatever it calls itself."""
import base64
import io
import pickle
import random
import struct
import warnings
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from shopvision.images import ImageError, ImageLimits, image_data_uri, load_image, load_images
from shopvision.listing import Listing

RED, BLUE = (220, 30, 40), (20, 40, 200)


def saved(img, format, **options):
    img.save(out := io.BytesIO(), format, **options)
    return out.getvalue()


def two_halves(size=(40, 20)):
    "Red on the left, blue on the right"
    img = Image.new('RGB', size, RED)
    img.paste(BLUE, (size[0] // 2, 0, *size))
    return img


def near(pixel, wanted, by=12): return all(abs(a - b) <= by for a, b in zip(pixel, wanted))


def png_chunk(kind, data): return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


@pytest.mark.parametrize('format', ['JPEG', 'PNG', 'WEBP', 'GIF', 'BMP'])
def test_five_formats_open_whatever_the_file_is_called(format, tmp_path):
    path = tmp_path / 'photo.txt'
    path.write_bytes(saved(two_halves(), format))
    img = load_image(path)
    assert (img.mode, img.size) == ('RGB', (40, 20))
    assert near(img.getpixel((5, 10)), RED, 25) and near(img.getpixel((35, 10)), BLUE, 25)


@pytest.mark.parametrize('format', ['TIFF', 'ICO', 'PPM', 'TGA', 'PCX', 'ICNS'])
def test_other_formats_are_refused_even_if_pillow_reads_them(format):
    with pytest.raises(ImageError, match='JPEG, PNG, WebP, GIF and BMP are allowed'): load_image(saved(two_halves((64, 64)), format))


@pytest.mark.parametrize('turn', range(1, 9))
def test_all_eight_orientations_come_out_upright(turn):
    from shopvision.images import TURNS
    upright = two_halves()
    back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}.get(turn, TURNS.get(turn))
    stored = upright.transpose(back) if back is not None else upright
    exif = Image.Exif(); exif[0x0112] = turn
    img = load_image(saved(stored, 'JPEG', exif=exif, quality=95))
    assert img.size == (40, 20) and near(img.getpixel((5, 10)), RED, 25) and near(img.getpixel((35, 10)), BLUE, 25)


def test_a_broken_exif_block_does_not_cost_the_photo():
    plain = saved(two_halves(), 'JPEG')
    exif = b'Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff' + b'\x01\x12\x00\x03\xff\xff\xff\xff' * 3
    assert load_image(plain[:2] + b'\xff\xe1' + struct.pack('>H', len(exif) + 2) + exif + plain[2:]).size == (40, 20)


@pytest.mark.parametrize('mode', ['RGBA', 'LA', 'P'])
def test_transparency_lies_on_white(mode):
    img = Image.new('RGBA', (4, 4), (0, 0, 0, 0)).convert(mode) if mode != 'P' else Image.new('P', (4, 4), 0)
    data = saved(img, 'PNG', **({'transparency': 0} if mode == 'P' else {}))
    assert load_image(data).getpixel((0, 0)) == (255, 255, 255)


def test_a_transparent_colour_of_an_rgb_png_lies_on_white():
    assert load_image(saved(Image.new('RGB', (4, 4), (1, 2, 3)), 'PNG', transparency=(1, 2, 3))).getpixel((0, 0)) == (255, 255, 255)


def test_cmyk_jpegs_are_not_inverted():
    assert near(load_image(saved(two_halves().convert('CMYK'), 'JPEG', quality=95)).getpixel((5, 10)), RED, 25)


def test_sixteen_bit_greys_keep_their_brightness():
    grey = np.full((4, 4), 60 * 256 + 200, np.uint16)
    assert load_image(saved(Image.fromarray(grey), 'PNG')).getpixel((0, 0)) == (60, 60, 60)


def test_sixteen_bit_colour_keeps_its_brightness():
    row = b'\x00' + struct.pack('>HHH', 200 * 256, 100 * 256, 50 * 256) * 2
    header = png_chunk(b'IHDR', struct.pack('>IIBBBBB', 2, 2, 16, 2, 0, 0, 0))
    png = b'\x89PNG\r\n\x1a\n' + header + png_chunk(b'IDAT', zlib.compress(row * 2)) + png_chunk(b'IEND', b'')
    assert load_image(png).getpixel((0, 0)) == (200, 100, 50)


@pytest.mark.parametrize('format', ['GIF', 'WEBP', 'PNG'])
def test_of_an_animation_the_first_frame_is_taken(format):
    exact = {'lossless': True} if format == 'WEBP' else {}
    data = saved(Image.new('RGB', (8, 8), RED), format, save_all=True, append_images=[Image.new('RGB', (8, 8), BLUE)], **exact)
    assert near(load_image(data).getpixel((4, 4)), RED)


def test_bilevel_and_palette_images_become_rgb():
    assert load_image(saved(Image.new('1', (4, 4), 1), 'PNG')).getpixel((0, 0)) == (255, 255, 255)
    assert near(load_image(saved(two_halves().quantize(4), 'PNG')).getpixel((5, 10)), RED)


def test_too_many_bytes_are_refused_before_anything_is_parsed(tmp_path):
    path = tmp_path / 'big.jpg'
    path.write_bytes(b'\xff\xd8' + b'x' * 5000)
    for source in (path, path.read_bytes(), 'data:;base64,' + base64.b64encode(path.read_bytes()).decode()):
        with pytest.raises(ImageError, match=r'5,00\d bytes; up to 1,000 are allowed'): load_image(source, ImageLimits(max_bytes=1000))


def test_a_data_uri_may_be_wrapped_url_safe_or_percent_encoded():
    data = saved(two_halves(), 'PNG')
    packed = base64.b64encode(data).decode()
    wrapped = '\r\n'.join(packed[i:i + 60] for i in range(0, len(packed), 60))
    for uri in ('data:image/png;base64,' + packed, 'DATA:image/jpeg;charset=x;base64,' + wrapped,
                'data:;base64,' + packed.replace('+', '-').replace('/', '_').rstrip('='), 'data:image/png,' + ''.join(f'%{b:02x}' for b in data)):
        assert load_image(uri).size == (40, 20)


@pytest.mark.parametrize('uri', ['data:', 'data:image/png;base64', 'data:image/png;base64,', 'data:image/png;base64,A',
                                 'data:image/png;base64,****', 'data:,hello'])
def test_broken_data_uris_say_so(uri):
    with pytest.raises(ImageError): load_image(uri)


def test_urls_are_off_and_the_message_says_how_to_turn_them_on():
    with pytest.raises(ImageError, match=r'fetching URLs is off; turn it on with allow_urls=True') as e: load_image('https://cdn.example.com/a.jpg?sig=secret')
    assert 'secret' not in str(e.value)


@pytest.mark.parametrize('source', ['file:///etc/passwd', 'ftp://cdn.example.com/a.jpg', 'gopher://x/1'])
def test_other_schemes_are_refused_even_when_urls_are_on(source):
    with pytest.raises(ImageError, match='is not allowed; http and https are'): load_image(source, allow_urls=True)


@pytest.mark.parametrize('source', ['', 'no/such.jpg', '.', '/dev/null', '/dev/zero', 'a\x00b.jpg', 'x' * 5000])
def test_paths_that_are_no_image_file_say_so(source):
    with pytest.raises(ImageError): load_image(source)


def test_paths_can_be_forbidden(tmp_path):
    (tmp_path / 'a.png').write_bytes(saved(two_halves(), 'PNG'))
    with pytest.raises(ImageError, match='paths are not allowed here'): load_image(tmp_path / 'a.png', allow_paths=False)


def test_errors_survive_pickling_so_that_workers_can_send_them():
    e = pickle.loads(pickle.dumps(ImageError('a.jpg', 'is text')))
    assert (str(e), e.which, e.reason) == ('a.jpg: is text', 'a.jpg', 'is text')


def test_pillows_global_settings_are_left_alone():
    before = Image.MAX_IMAGE_PIXELS, list(warnings.filters)
    with pytest.raises(ImageError): load_image(saved(Image.new('1', (10_000, 9_000)), 'PNG'))
    assert (Image.MAX_IMAGE_PIXELS, list(warnings.filters)) == before


def test_a_listing_goes_on_without_its_bad_images(tmp_path):
    good = saved(two_halves(), 'PNG')
    images, errors = load_images(Listing('boots-7', images=(good, str(tmp_path / 'gone.jpg'), good[:60], good)))
    assert len(images) == 2
    assert [str(e).split(' (')[0] for e in errors] == ['image 2 of listing boots-7', 'image 3 of listing boots-7']


def test_the_data_uri_of_an_image_is_small_and_always_the_same():
    img = two_halves((2000, 100))
    uri = image_data_uri(img, max_side=448)
    assert uri == image_data_uri(img.copy(), max_side=448) and load_image(uri).size == (448, 22)
    assert load_image(image_data_uri(Image.new('RGB', (1000, 1)), 10)).size == (10, 1)


def test_damaged_files_raise_nothing_but_image_errors():
    rng = random.Random(7)
    originals = [saved(two_halves(), f) for f in ('JPEG', 'PNG', 'WEBP', 'GIF', 'BMP')] + [saved(two_halves().convert('CMYK'), 'JPEG')]
    limits = replace(ImageLimits(), max_pixels=1_000_000)
    for _ in range(1500):
        data = bytearray(rng.choice(originals))
        for _ in range(rng.randint(1, 6)): data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < .3: del data[rng.randrange(len(data)):]
        try: load_image(bytes(data), limits)
        except ImageError: pass
