"""Each source gives its listings, and a record of whatever gave none."""
import csv
import io
import json
import sys
from itertools import islice

import pytest
from PIL import Image

from shopvision.images import load_images
from shopvision.listing import Listing, listing_from_dict, listing_to_dict
from shopvision.readers import READERS, BadListing, SourceError, detect_format, read_listings
from shopvision.records import open_table
from shopvision.shopify import read_bulk


def split(source, **kwargs):
    found = list(read_listings(source, **kwargs))
    return [f for f in found if isinstance(f, Listing)], [f for f in found if isinstance(f, BadListing)]


def catalogue_rows(n=3):
    "Rows with the columns of the public yardstick, and invented content"
    paths = ['Sporting Goods > Camping > Lanterns', 'Home & Garden > Lighting', 'Apparel & Accessories > Clothing > Scarves']
    return [{'product_title': f'Invented product {i}', 'product_description': f'<p>Number {i}</p>', 'product_image': Image.new('RGB', (6, 4), (40 * i, 9, 9)),
             'potential_product_categories': paths, 'ground_truth_category': paths[i % 3], 'ground_truth_brand': 'Northfold',
             'ground_truth_is_secondhand': i % 2 == 0}
            for i in range(n)]


def test_one_bad_line_costs_one_listing(data):
    listings, (bad,) = split(data / 'listings.jsonl')
    assert [l.id for l in listings] == ['enamel-mug', 'wool-scarf']
    assert bad.where == 'line 2' and 'is no JSON' in bad.reason and bad.raw.startswith('{"id": "rain-boots"')
    assert listings[0].extra['price'] == '12.00' and listings[1].locale == 'en-GB'


def test_bom_blank_lines_nul_and_windows_line_ends_are_survived(tmp_path):
    path = tmp_path / 'a.jsonl'
    path.write_bytes(b'\xef\xbb\xbf{"id": "a", "title": "A\\u0000"}\r\n\r\n   \r\n\x00\x00\x00\n{"id": "b"}\x00\n[1]\n"text"\n'
                     b'{"id": "c", "title": "Caf\xe9"}\n{"id": "d"}')
    listings, bad = split(path)
    assert [l.id for l in listings] == ['a', 'c', 'd']
    assert [b.where for b in bad] == ['line 4', 'line 5', 'line 6', 'line 7']
    assert listings[1].title == 'Café' and listings[1].extra['warnings'] == ['line 8 is not UTF-8; read as Windows-1252']


def test_a_huge_line_is_passed_over_without_being_held(tmp_path, monkeypatch):
    from shopvision import records
    monkeypatch.setattr(records.read_lines, '__defaults__', (10_000,))
    path = tmp_path / 'a.jsonl'
    path.write_text('{"id": "a"}\n{"id": "huge", "title": "' + 'x' * 100_000 + '"}\n{"id": "b"}\n')
    listings, (bad,) = split(path)
    assert [l.id for l in listings] == ['a', 'b'] and bad.where == 'line 2' and 'more than 10,000 characters' in bad.reason and len(bad.raw) <= 1000


def test_images_of_a_jsonl_are_found_beside_it(tmp_path):
    (tmp_path / 'images').mkdir()
    Image.new('RGB', (4, 4)).save(tmp_path / 'images' / 'a.png')
    (tmp_path / 'listings.jsonl').write_text('{"id": "a", "image": "images/a.png"}\n')
    for source in (tmp_path, tmp_path / 'listings.jsonl'):
        (listing,), _ = split(source)
        assert len(load_images(listing)[0]) == 1


def test_duplicate_ids_are_kept_under_new_ones(tmp_path):
    path = tmp_path / 'a.jsonl'
    path.write_text('{"id": "a", "title": "1"}\n{"id": "a~2", "title": "2"}\n{"id": "a", "title": "3"}\n'
                    '{"id": "a", "title": "4"}\n{"id": "a", "shop": "other"}\n')
    listings, _ = split(path)
    assert [l.id for l in listings] == ['a', 'a~2', 'a~3', 'a~4', 'a']
    assert 'came before' in listings[2].extra['warnings'][0] and 'warnings' not in listings[4].extra
    assert [l.id for l in split(path)[0]] == [l.id for l in listings]


def test_the_merchant_is_filled_in_only_where_there_is_none(tmp_path):
    (tmp_path / 'a.jsonl').write_text('{"id": "a"}\n{"id": "b", "merchant_id": "kiln"}\n')
    assert [l.merchant_id for l in split(tmp_path / 'a.jsonl', merchant_id='quay')[0]] == ['quay', 'kiln']


def test_reading_is_lazy(tmp_path):
    path = tmp_path / 'a.jsonl'
    with path.open('w') as f:
        for i in range(50_000): f.write(json.dumps({'id': str(i), 'title': 'A title of some length'}) + '\n')
    found = read_listings(path)
    assert [l.id for l in islice(found, 3)] == ['0', '1', '2']


def test_a_product_of_many_rows_is_one_listing(data):
    listings, (bad,) = split(data / 'shopify_products.csv')
    jacket, mug, voucher = listings
    assert jacket.id == 'harbour-rain-jacket' and jacket.description.count('\n') == 2 and 'Hood, "storm" flap' in jacket.description
    assert jacket.images == tuple(f'https://cdn.example.com/harbour-{n}.jpg' for n in ('front', 'back', 'olive'))
    assert jacket.tags == ('rain', 'waxed', 'unisex') and (jacket.vendor, jacket.product_type) == ('Quay & Sons', 'Jacket')
    assert jacket.extra['product_category'].endswith('> Rain Coats')
    assert jacket.extra['metafields'] == {'color-pattern': ['navy', 'olive'], 'target-gender': ['unisex'],
                                          'custom.care_note': ['Wax once a year; never machine wash']}
    assert jacket.extra['options'] == {'Size': ['S', 'M'], 'Color': ['Navy', 'Olive']}
    assert [r['Variant SKU'] for r in jacket.extra['rows']] == ['QS-HRJ-S-N', 'QS-HRJ-M-N', 'QS-HRJ-M-O']
    assert 'options' not in mug.extra and voucher.title == 'Geschenkgutschein für „Töpferkurs“'
    assert bad.where == 'line 7' and bad.raw.startswith('speckle-mug,') and '4 fields where the header has 23' in bad.reason


def test_the_newer_column_names_are_read_too(tmp_path):
    path = tmp_path / 'new.csv'
    path.write_text('Title,URL handle,Description,Vendor,Product category,Type,Tags,SKU,Option1 name,Option1 value,Product image URL,Image position\n'
                    'Mug,mug,<p>Blue</p>,Kiln,Home > Mugs,Mug,"a, b",K1,Size,S,https://cdn.example.com/2.jpg,2\n,mug,,,,,,K2,Size,L,https://cdn.example.com/1.jpg,1\n')
    (mug,), bad = split(path)
    assert not bad and (mug.id, mug.title, mug.description, mug.product_type, mug.tags) == ('mug', 'Mug', '<p>Blue</p>', 'Mug', ('a', 'b'))
    assert mug.images == ('https://cdn.example.com/1.jpg', 'https://cdn.example.com/2.jpg') and mug.extra['options'] == {'Size': ['S', 'L']}


@pytest.mark.parametrize('delimiter,encoding', [(';', 'utf-8-sig'), ('\t', 'utf-16'), (',', 'cp1252'), ('|', 'utf-8')])
@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_a_spreadsheets_habits_do_not_matter(tmp_path, delimiter, encoding, end):
    rows = [['Handle', 'Title', 'Body (HTML)', 'Vendor'], ['tasse', 'Café-Tasse, groß', '<p>"Blau"; für\n2</p>', 'Köln|Ost'], ['schal', 'Schal', '', 'Ä']]
    csv.writer(out := io.StringIO(newline=''), delimiter=delimiter, lineterminator=end).writerows([[c.replace('\n', end) for c in r] for r in rows])
    (tmp_path / 'p.csv').write_bytes(out.getvalue().encode(encoding))
    listings, bad = split(tmp_path / 'p.csv')
    assert not bad and [(l.id, l.title, l.vendor) for l in listings] == [('tasse', 'Café-Tasse, groß', 'Köln|Ost'), ('schal', 'Schal', 'Ä')]
    assert listings[0].description == '<p>"Blau"; für\n2</p>'
    assert ('warnings' in listings[0].extra) == (encoding == 'cp1252')


def test_a_strict_row_is_read_as_pythons_own_reader_reads_it(tmp_path):
    rows = [['id', 'title', 'description']] + [[f'p{i}', f'Title {i}, "quoted"' * (i % 3), f'line\n"x""y",\n\n{i}' * (i % 4)] for i in range(300)]
    csv.writer(out := io.StringIO(newline=''), lineterminator='\n').writerows(rows)
    (tmp_path / 'a.csv').write_text(out.getvalue())
    assert [list(r.cells.values()) for r in open_table(tmp_path / 'a.csv').rows] == rows[1:]


def test_the_admin_api_gives_category_metafields_and_media(data):
    (lantern, unnamed), bad = split(data / 'shopify_products.json')
    assert not bad and lantern.id == 'gid://shopify/Product/7001' and lantern.tags == ('camping', 'usb-c')
    assert lantern.images == tuple(f'https://cdn.example.com/lantern-{n}.jpg' for n in (1, 2))
    assert lantern.extra['category_id'] == 'sg-4-2-6' and lantern.extra['product_category'].startswith('Sporting Goods > ')
    assert lantern.extra['metafields'] == {'color-pattern': ['beige', 'green'], 'custom.runtime': ['60']}
    assert lantern.extra['options'] == {'Color': ['Sand', 'Moss']} and lantern.extra['status'] == 'ACTIVE' and lantern.extra['handle'] == 'lantern-60'
    assert unnamed.title == '' and unnamed.images == ('https://cdn.example.com/unnamed.jpg',)


def test_every_shape_of_an_api_answer_is_read(tmp_path, data):
    edges = json.loads((data / 'shopify_products.json').read_text())['data']['products']['edges']
    products = [e['node'] for e in edges]
    for document in ({'nodes': products}, {'edges': edges}, products, {'products': products}, {'data': {'products': {'nodes': products}}}):
        (tmp_path / 'a.json').write_text(json.dumps(document, indent=1))
        assert [l.id for l in split(tmp_path / 'a.json')[0]] == [p['id'] for p in products]
    for document in (products[0], {'data': {'product': products[0]}}):
        (tmp_path / 'a.json').write_text(json.dumps(document))
        assert [l.title for l in split(tmp_path / 'a.json')[0]] == ['Trail Lantern 60']
    (tmp_path / 'a.json').write_text('{"data": null, "errors": [{"message": "Throttled"}]}')
    with pytest.raises(SourceError, match=r'errors and no products.*Throttled'): split(tmp_path / 'a.json')


def test_a_shops_public_products_json_is_read(tmp_path):
    (tmp_path / 'products.json').write_text(json.dumps({'products': [
        {'id': 5, 'title': 'Mug', 'body_html': '<p>Blue</p>', 'vendor': 'Kiln', 'product_type': 'Mug', 'tags': ['a'],
         'images': [{'src': 'https://cdn.example.com/m.jpg'}]}]}))
    (mug,), _ = split(tmp_path / 'products.json')
    assert (mug.id, mug.description, mug.images, mug.product_type) == ('5', '<p>Blue</p>', ('https://cdn.example.com/m.jpg',), 'Mug')


def test_children_of_a_bulk_operation_find_their_product_wherever_they_lie(data):
    (lantern, kettle), (orphan,) = split(data / 'shopify_bulk.jsonl')
    assert lantern.images == tuple(f'https://cdn.example.com/lantern-{n}.jpg' for n in (1, 2)) and lantern.extra['variants'][0]['title'] == 'Sand'
    assert kettle.images == () and kettle.extra['metafields'] == {'material': ['tin']}
    assert orphan.where == 'line 7' and 'Product/9999 is not in the file' in orphan.reason and 'nobody.jpg' in orphan.raw


def test_an_ungrouped_bulk_file_gives_the_same_as_a_grouped_one(tmp_path):
    products = [{'id': f'gid://shopify/Product/{i}', 'title': f'P{i}'} for i in range(20)]
    children = [{'id': f'gid://shopify/MediaImage/{i}{j}', 'image': {'url': f'https://cdn.example.com/{i}-{j}.jpg'}, '__parentId': p['id']}
                for i, p in enumerate(products) for j in range(3)]
    grouped = [line for p in products for line in (p, *(c for c in children if c['__parentId'] == p['id']))]
    results = []
    for lines in (grouped, products + children, children + products):
        (tmp_path / 'b.jsonl').write_text('\n'.join(map(json.dumps, lines)))
        results.append(list(read_bulk(tmp_path / 'b.jsonl')))
    assert len(results[0]) == 20
    assert [(r.id, r.images) for r in results[0]] == [(r.id, r.images) for r in results[1]] == [(r.id, r.images) for r in results[2]]


def test_a_folder_of_photos_is_a_catalogue(tmp_path):
    photo = io.BytesIO(); Image.new('RGB', (4, 4)).save(photo, 'PNG')
    for name in ('red_rain-boots.jpg', 'mug.PNG', 'mug.webp', 'hats/straw hat.png', 'hats/cap.gif', 'hats/deep/lost.jpg', '.hidden.jpg'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(photo.getvalue())
    (tmp_path / 'mug.json').write_text('{"id": "mug-7", "name": "Enamel mug", "price": 12}')
    (tmp_path / 'hats' / 'cap.json').write_text('{"vendor": "Quay"}')
    (tmp_path / 'hats' / 'straw hat.txt').write_text('Straw hat “Lido”\nWide brim.\nOne size.')
    for name in ('broken.json', 'lonely.txt', 'terms.pdf'): (tmp_path / name).write_text('{oops')
    listings, bad = split(tmp_path)
    by_id = {l.id: l for l in listings}
    assert sorted(by_id) == ['hats/cap', 'hats/straw hat', 'mug-7', 'red_rain-boots']
    assert by_id['red_rain-boots'].title == 'red rain boots' and by_id['hats/straw hat'].description == 'Wide brim.\nOne size.'
    assert by_id['mug-7'].title == 'Enamel mug' and len(by_id['mug-7'].images) == 2 and by_id['mug-7'].extra == {'price': 12}
    assert (by_id['hats/cap'].title, by_id['hats/cap'].vendor) == ('cap', 'Quay')
    assert {b.where for b in bad} == {'hats/deep/lost.jpg', 'broken.json', 'lonely.txt', 'terms.pdf'}
    assert all(load_images(l)[1] == [] for l in listings)


def test_a_plain_table_is_read_by_its_column_names(tmp_path):
    (tmp_path / 't.csv').write_text('SKU,Name,Body_HTML,Image URL,image,extra,Brand\nm-1,Mug,<p>x</p>,,a.jpg|sub/b.jpg,free text,Kiln\n,Bowl,,,,,\n')
    (mug, bowl), bad = split(tmp_path / 't.csv')
    assert not bad and (mug.id, mug.title, mug.vendor, mug.extra) == ('m-1', 'Mug', 'Kiln', {'extra': 'free text'})
    assert mug.images == (str(tmp_path / 'a.jpg'), str(tmp_path / 'sub' / 'b.jpg')) and bowl.id == 't-3'


def test_the_public_yardstick_is_read_as_it_is(tmp_path):
    datasets = pytest.importorskip('datasets')
    datasets.disable_progress_bars()
    made = datasets.Dataset.from_list(catalogue_rows())
    made.save_to_disk(tmp_path / 'one')
    datasets.DatasetDict(train=made, test=made.select([1])).save_to_disk(tmp_path / 'two')
    (tmp_path / 'files' / 'data').mkdir(parents=True)
    made.select([0, 1]).to_parquet(tmp_path / 'files' / 'data' / 'train-00000-of-00002.parquet')
    made.select([2]).to_parquet(tmp_path / 'files' / 'data' / 'train-00001-of-00002.parquet')
    made.select([1]).to_parquet(tmp_path / 'files' / 'data' / 'test-00000-of-00001.parquet')
    for source, ids in ((tmp_path / 'one', ['rows-0', 'rows-1', 'rows-2']), (tmp_path / 'two', ['train-0', 'train-1', 'train-2', 'test-0']),
                        (f'hf:{tmp_path}/two:test', ['test-0']), (f'hf:{tmp_path}/files:train', ['train-0', 'train-1', 'train-2']),
                        (tmp_path / 'files' / 'data', ['test-0', 'train-0', 'train-1', 'train-2'])):
        listings, bad = split(source)
        assert not bad and [l.id for l in listings] == ids, source
        one = next(l for l in listings if l.title == 'Invented product 1')
        assert one.description == '<p>Number 1</p>' and len(one.extra['candidates']) == 3 and one.extra['ground_truth_category'] == 'Home & Garden > Lighting'
        assert one.extra['ground_truth_brand'] == 'Northfold' and one.extra['ground_truth_is_secondhand'] is False
        assert load_images(one)[0][0].size == (6, 4)
    with pytest.raises(SourceError, match="no split 'dev'; it has train, test"): split(f'hf:{tmp_path}/two:dev')


def test_a_dataset_of_the_hub_is_read_as_a_stream(monkeypatch):
    datasets = pytest.importorskip('datasets')
    asked = []
    def load_dataset(name, split=None, streaming=False):
        asked.append((name, split, streaming))
        return datasets.Dataset.from_list(catalogue_rows()).to_iterable_dataset()
    monkeypatch.setattr(datasets, 'load_dataset', load_dataset)
    listings, _ = split('hf:Shopify/product-catalogue:test')
    assert asked == [('Shopify/product-catalogue', 'test', True)] and [l.id for l in listings] == ['test-0', 'test-1', 'test-2']
    assert load_images(listings[2])[0][0].size == (6, 4)


def test_a_missing_package_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, 'datasets', None)
    with pytest.raises(SourceError, match=r"needs the package datasets: pip install 'shopvision\[eval\]'"): split('hf:Shopify/product-catalogue')


def test_every_format_is_recognised_by_its_content(data, tmp_path):
    assert [detect_format(data / f) for f in ('listings.jsonl', 'shopify_products.csv', 'shopify_products.json', 'shopify_bulk.jsonl')] == [
        'jsonl', 'shopify_csv', 'shopify_graphql', 'shopify_graphql']
    for name, text, format in (('a.txt', 'id;title\n1;x\n', 'csv'), ('a.tsv', 'id\ttitle\n', 'csv'), ('a.data', '{"id": 1}\n{"id": 2}\n', 'jsonl'),
                               ('a.json', '[{"id": 1}]', 'json'),
                               ('b.json', '{"id": 1}\n{"id": 2}\n', 'jsonl'), ('b.jsonl', '', 'jsonl')):
        (tmp_path / name).write_text(text)
        assert detect_format(tmp_path / name) == format, name
    assert detect_format('hf:Shopify/product-catalogue') == 'hf'


@pytest.mark.parametrize('name,content', [('gone.jsonl', None), ('empty.csv', b''), ('empty', b''), ('notes.txt', b'Dear all,\nplease find'),
                                          ('photo.jpg', b'\xff\xd8\xff\xe0'),
                                          ('broken.json', b'{"products": [1, '), ('x.parquet', b'PAR1'), ('number.json', b'12')])
def test_a_source_that_cannot_be_read_says_what_can(tmp_path, name, content):
    if content is not None: (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=name): list(read_listings(tmp_path / name))


def test_an_unknown_format_lists_the_known_ones(data):
    with pytest.raises(SourceError, match="no format 'xlsx'") as e: read_listings(data / 'listings.jsonl', format='xlsx')
    assert all(f in str(e.value) for f in READERS)


def test_what_was_read_can_be_written_and_read_again(data):
    for name in ('listings.jsonl', 'shopify_products.csv', 'shopify_products.json', 'shopify_bulk.jsonl'):
        for listing in split(data / name)[0]: assert listing_from_dict(json.loads(json.dumps(listing_to_dict(listing)))) == listing


@pytest.mark.parametrize('folder,rows', [('gear', 191), ('merchants_dev', 520), ('grocery', 81), ('demo_shops', 69)])
def test_real_listings_are_read_without_loss(shared, folder, rows):
    if not (shared / 'data' / folder).is_dir(): pytest.skip(f'no {folder}')
    listings, bad = split(shared / 'data' / folder)
    assert len(listings) + len(bad) == rows and not bad
    assert not [e for l in listings[:40] for e in load_images(l)[1]]
