"""What a Python user would write first: FastAPI, a pydantic model, session.run in the handler, two uvicorn workers.

MODEL names the model; penguins, pixels, encoder, mobilenet and photo are known. Needs fastapi, uvicorn, pydantic,
numpy, onnxruntime and Pillow; uvloop and httptools are used where they are there.
"""

import io
import os
from pathlib import Path

import numpy as np
import onnxruntime as ort
import uvicorn
from fastapi import FastAPI, Request
from PIL import Image
from pydantic import BaseModel

MODEL = os.environ.get("MODEL", "penguins")
BENCH = Path(__file__).resolve().parent.parent
FOLDER = BENCH.parent / "models" if MODEL == "penguins" else BENCH / "models"
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
        if MODEL == "photo":
            image = Image.open(io.BytesIO(body))
            # Pillow's own shrink-on-load
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
