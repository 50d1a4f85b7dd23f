"""Hello world: a coroutine, and a loop that runs it until it is done."""

import asyncio


async def hello(name):
    print("Hello ...")
    await asyncio.sleep(0.05)
    print(f"... {name}!")


asyncio.run(hello("world"))
