#!/usr/bin/env python3
"""Makes the pictures of the cases, and what a thumbnail of each has to look like (`like.png`).

    pip install pillow==12.0.0 && python3 pictures.py

The second comes from Pillow: it shares no code with ../src, and a test allows for rounding and for
what JPEG loses. The pictures are gradients and circles; nobody has rights in them.
"""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

HERE = Path(__file__).resolve().parent
LANDSCAPE = HERE.parent.parent / "data" / "pictures" / "landscape.jpg"
SIZE = (150, 100)
FLIPS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def scene(size=SIZE):
    """Red grows to the right, blue downwards; a light disc above on the left, a dark one below."""
    width, height = size
    image = Image.new("RGB", size)
    image.putdata([(x * 255 // width, 90, y * 255 // height) for y in range(height) for x in range(width)])
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.1, height * 0.1, width * 0.4, height * 0.5), fill=(250, 240, 180))
    draw.ellipse((width * 0.6, height * 0.6, width * 0.95, height * 0.95), fill=(20, 40, 20))
    return image


def see_through(image):
    """The same with alpha that grows to the right, and a hole whose colour must not be seen."""
    image = image.convert("RGBA")
    width, height = image.size
    alpha = Image.new("L", image.size)
    alpha.putdata([min(255, 64 + x * 300 // width) for _ in range(height) for x in range(width)])
    ImageDraw.Draw(alpha).rectangle((width * 0.5, 0, width * 0.7, height * 0.4), fill=0)
    ImageDraw.Draw(image).rectangle((width * 0.5, 0, width * 0.7, height * 0.4), fill=(0, 255, 0))
    image.putalpha(alpha)
    return image


def encoded(image, kind, **how):
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def shown(data, size, cover=False, flat=False):
    """What Pillow makes of a file."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGBA" if "transparency" in image.info or image.mode == "P" else "RGB")
    cubic = Image.Resampling.BICUBIC
    image = ImageOps.fit(image, size, cubic) if cover else image.resize(size, cubic)
    if flat:
        paper = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(paper, image.convert("RGBA")).convert("RGB")
    return image


def case(name, query, data, answer, size, body=False, cover=False, flat=False):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    if query:
        (folder / "query").write_text(query + "\n")
    if data is None:
        (folder / "data-from").write_text("data/pictures/landscape.jpg\n")
        data = LANDSCAPE.read_bytes()
    else:
        (folder / ("stdin" if body else "data")).write_bytes(data)
    (folder / "head").write_text(f"Content-Type: image/{answer}\n")
    shown(data, size, cover, flat).save(folder / "like.png", optimize=True)


def refusal(name, query, status, says, data=None, body=None, **more):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    for file, text in more.items():
        (folder / file).write_text(text + "\n")
    if query:
        (folder / "query").write_text(query + "\n")
    if data is not None:
        (folder / "data").write_bytes(data)
    if body is not None:
        (folder / "stdin").write_bytes(body)
    (folder / "status").write_text(f"{status}\n")
    (folder / "head").write_text("Content-Type: text/plain; charset=utf-8\n")
    (folder / "expected").write_text(says + "\n")


def png_of(width, height, interlaced=0):
    """A PNG that says so and has no pixels."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def pictures():
    case("landscape", "width=200", None, "jpeg", (200, 150))
    case("landscape-default", "", None, "jpeg", (256, 192))
    case("landscape-square", "width=120&height=120&fit=cover", None, "jpeg", (120, 120), cover=True)
    case("landscape-narrow", "width=100&height=300&quality=95", None, "jpeg", (100, 75))
    case("landscape-png", "height=60&format=png", None, "png", (80, 60))
    jpeg = encoded(scene(), "JPEG", quality=92)
    case("body", "width=60", jpeg, "jpeg", (60, 40), body=True)
    case("not-enlarged", "width=2048&height=2048", jpeg, "jpeg", SIZE)
    case("not-enlarged-square", "width=2000&height=2000&fit=cover", jpeg, "jpeg", (100, 100), cover=True)
    for orientation, flip in FLIPS.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored = scene().transpose(flip)
        case(f"orientation-{orientation}", "width=75", encoded(stored, "JPEG", quality=92, exif=exif), "jpeg", (75, 50))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(scene().transpose(FLIPS[6]), "PNG", exif=exif)
    case("orientation-png", "width=60&height=60&fit=cover&format=png", turned, "png", (60, 60), cover=True)
    case("grey", "width=50", encoded(scene().convert("L"), "JPEG", quality=92), "jpeg", (50, 33))
    case("progressive", "width=50", encoded(scene(), "JPEG", quality=92, progressive=True), "jpeg", (50, 33))
    case("cmyk", "width=50", encoded(scene().convert("CMYK"), "JPEG", quality=95), "jpeg", (50, 33))
    formats()


def formats():
    glass = see_through(scene())
    case("png", "width=70", encoded(scene(), "PNG"), "jpeg", (70, 47))
    case("png-transparent", "width=70", encoded(glass, "PNG"), "png", (70, 47))
    case("png-on-white", "width=70&format=jpeg", encoded(glass, "PNG"), "jpeg", (70, 47), flat=True)
    case("png-grey-alpha", "width=70", encoded(glass.convert("LA"), "PNG"), "png", (70, 47))
    case("png-palette", "width=70&format=png", encoded(scene().quantize(32), "PNG"), "png", (70, 47))
    case("gif", "width=70&format=png", encoded(scene().quantize(64), "GIF"), "png", (70, 47))
    case("gif-animated", "width=70&format=png", animated(), "png", (70, 47))
    case("webp", "width=70", encoded(scene(), "WEBP", quality=90), "jpeg", (70, 47))
    case("webp-transparent", "width=70", encoded(glass, "WEBP", quality=90), "png", (70, 47))
    case("webp-lossless", "width=70&format=png", encoded(scene(), "WEBP", lossless=True), "png", (70, 47))


def animated():
    others = [Image.new("RGB", SIZE, (255, 0, 0)).quantize(64)] * 2
    return encoded(scene().quantize(64), "GIF", save_all=True, append_images=others, duration=100)


def refusals():
    jpeg = encoded(scene(), "JPEG", quality=92)
    png = encoded(scene(), "PNG")
    known = ("parameters are width= and height= (1 to 2048), fit=contain or cover, quality= (1 to 100), "
             "format=auto, jpeg or png")
    refusal("fail-no-width", "width=0", 400, "width=0 must be a number from 1 to 2048", jpeg)
    refusal("fail-wide", "width=2049", 400, "width=2049 must be a number from 1 to 2048", jpeg)
    refusal("fail-quality", "quality=high", 400, "quality=high must be a number from 1 to 100", jpeg)
    refusal("fail-parameter", "size=9", 400, f"no parameter size; {known}", jpeg)
    refusal("fail-format", "format=tiff", 400, f"format=tiff is not known; {known}", jpeg)
    refusal("fail-twice", "width=9&width=9", 400, "width= stands there twice", jpeg)
    refusal("fail-cover", "width=9&fit=cover", 400, "fit=cover takes both width= and height=", jpeg)
    refusal("fail-nothing", "width=9", 400, "there is no picture: call it on one, or POST one")
    refusal("fail-both", "", 400, "there is a picture as data and another one in the body", jpeg, jpeg)
    refusal("fail-text", "", 415, "this is no JPEG, PNG, GIF or WebP", b"once upon a time\n")
    refusal("fail-pixels", "", 413, "the picture has 30000 x 30000 pixels, and at most 64000000 are decoded",
            png_of(30000, 30000))
    refusal("fail-memory", "", 413, "the picture has 7000 x 7000 pixels, and decoding it in its format takes "
            "186 MiB of memory; at most 80 MiB are there", png_of(7000, 7000, 1))
    refusal("fail-path", "", 404, "there is nothing below thumbnail: leave the path out", jpeg, path="/200")
    refusal("fail-method", "", 405, "GET on a picture, or POST one", jpeg, method="DELETE")
    (HERE / "fail-folder" / "data").mkdir(parents=True, exist_ok=True)
    (HERE / "fail-folder" / "data" / "scene.jpg").write_bytes(jpeg)
    refusal("fail-folder", "", 400, "the data is a folder: call it on one picture in it")
    broken = "the picture cannot be decoded: "
    refusal("fail-cut-jpeg", "", 422, broken + "failed to fill whole buffer", jpeg[: len(jpeg) // 2])
    refusal("fail-cut-png", "", 422, broken + "unexpected end of file", png[: len(png) // 2])
    refusal("fail-no-frame", "", 422, broken + "invalid JPEG format: end of image encountered before frame",
            jpeg[:2] + b"\xff\xd9")


pictures()
refusals()
