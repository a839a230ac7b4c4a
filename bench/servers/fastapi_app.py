"""What a Python user would write first: FastAPI, a pydantic model, session.run in the handler, two uvicorn workers.

MODEL names the model; penguins, pixels, digits, encoder, mobilenet and photo are known. Needs fastapi, uvicorn, pydantic,
numpy, onnxruntime and Pillow; uvloop and httptools are used where they are there.
"""

import io
import os
from pathlib import Path

import numpy as np
import onnxruntime as ort
import uvicorn
from fastapi import FastAPI, Request
from PIL import Image, ImageOps
from pydantic import BaseModel

MODEL = os.environ.get("MODEL", "penguins")
BENCH = Path(__file__).resolve().parent.parent
FOLDER = BENCH.parent / "models" if MODEL in ("penguins", "digits") else BENCH / "models"
SPECIES = ["Adelie", "Chinstrap", "Gentoo"]
ISLANDS = ["Biscoe", "Dream", "Torgersen"]
SIDE = 224

options = ort.SessionOptions()
options.intra_op_num_threads = 1
options.inter_op_num_threads = 1
session = ort.InferenceSession(str(FOLDER / MODEL / "1" / "model.onnx"), options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Penguin(BaseModel):
    island: str
    culmenLengthMm: float | None = None
    culmenDepthMm: float | None = None
    flipperLengthMm: float | None = None
    bodyMassG: float | None = None
    sex: str | None = None


class Pixels(BaseModel):
    pixels: list[float]


class Tokens(BaseModel):
    tokens: list[int]


def run(name: str, batch: np.ndarray) -> np.ndarray:
    return session.run(None, {name: batch})[0][0]


def predict_penguin(bird: Penguin) -> dict:
    values = [bird.culmenLengthMm, bird.culmenDepthMm, bird.flipperLengthMm, bird.bodyMassG]
    features = [value or 0.0 for value in values]
    features += [float(value is None) for value in values]
    features += [float(bird.island == island) for island in ISLANDS]
    features += [float(bird.sex == "male"), float(bird.sex == "female")]
    shares = run("features", np.array([features], dtype=np.float32)).tolist()
    best = max(range(3), key=shares.__getitem__)
    return {"species": SPECIES[best], "probabilities": dict(zip(SPECIES, shares))}


def predict_pixels(body: Pixels) -> dict:
    image = np.array(body.pixels, dtype=np.float32).reshape(1, 1, 28, 28)
    shares = run("image", image).tolist()
    return {"digit": max(range(10), key=shares.__getitem__), "probabilities": shares}


def normalise(body: bytes) -> np.ndarray:
    """As models/digits/normalise-digit.ts does, without its search for specks: numpy alone has no quick way for it."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(body))).convert("L")
    image.thumbnail((192, 192), Image.Resampling.BILINEAR)
    grey = np.asarray(image, dtype=np.float32)
    margin = max(1, round(0.04 * min(grey.shape)))
    border = np.ones(grey.shape, dtype=bool)
    border[margin:-margin, margin:-margin] = False
    contrast = grey - np.median(grey[border])
    contrast = np.maximum(0, np.copysign(1, np.sum(contrast**3)) * contrast)
    enough = max(2, int(contrast.size * 0.0005))
    peak = np.partition(contrast, -enough, axis=None)[-enough]
    floor = max(0.15 * peak, min(0.5 * peak, np.quantile(contrast[border], 0.75)))
    ink = np.clip((contrast - floor) / (peak - floor), 0, 1)
    rows, columns = np.nonzero(ink >= 0.2)
    side = max(np.ptp(rows), np.ptp(columns)) + 1
    mass = ink.sum()
    y = (ink.sum(axis=1) * (np.arange(ink.shape[0]) + 0.5)).sum() / mass
    x = (ink.sum(axis=0) * (np.arange(ink.shape[1]) + 0.5)).sum() / mass
    reach = side * 14 / 20
    # what lies outside the image is ground
    room = int(np.ceil(reach)) + 1
    padded = Image.fromarray(np.pad(ink, room))
    box = (x - reach + room, y - reach + room, x + reach + room, y + reach + room)
    frame = np.asarray(padded.resize((28, 28), Image.Resampling.BILINEAR, box=box))
    return (frame / frame.max()).reshape(1, 1, 28, 28).astype(np.float32)


def best_five(pixels: np.ndarray) -> dict:
    scores = run("pixels", pixels)
    return {"top": [{"label": int(label), "score": float(scores[label])} for label in np.argsort(-scores)[:5]]}


# handlers that are no coroutines run on FastAPI's own threads, which is what its guide says for work that blocks
@app.get("/health/ready")
def ready() -> dict:
    return {"status": "ready"}


if MODEL == "penguins":

    @app.post("/predict")
    def predict(body: Penguin) -> dict:
        return {"output": predict_penguin(body)}

elif MODEL == "pixels":

    @app.post("/predict")
    def predict(body: Pixels) -> dict:
        return {"output": predict_pixels(body)}

elif MODEL == "encoder":

    @app.post("/predict")
    def predict(body: Tokens) -> dict:
        return {"output": {"embedding": run("tokens", np.array([body.tokens], dtype=np.int64)).tolist()}}

else:

    @app.post("/predict")
    async def predict(request: Request) -> dict:
        body = await request.body()
        if MODEL == "digits":
            shares = run("image", normalise(body)).tolist()
            digit = max(range(10), key=shares.__getitem__)
            return {"output": {"digit": digit, "confidence": shares[digit], "probabilities": shares}}
        if MODEL == "photo":
            image = Image.open(io.BytesIO(body))
            # Pillow's own shrink-on-load, which it uses where it is asked to
            if os.environ.get("DRAFT"):
                image.draft("RGB", (SIDE, SIDE))
            scale = SIDE / min(image.size)
            image = image.resize([round(side * scale) for side in image.size], Image.Resampling.BILINEAR)
            left, top = (image.width - SIDE) // 2, (image.height - SIDE) // 2
            pixels = np.asarray(image.crop((left, top, left + SIDE, top + SIDE)), dtype=np.uint8)
        else:
            pixels = np.frombuffer(body, dtype=np.uint8)
        return {"output": best_five(pixels.reshape(1, SIDE, SIDE, 3))}


if __name__ == "__main__":
    uvicorn.run(
        "fastapi_app:app",
        app_dir=str(Path(__file__).resolve().parent),
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        workers=2,
        access_log=False,
        log_level="warning",
    )
