"""gather: results in the order of the arguments; with return_exceptions an exception is one of the
outcomes."""

import asyncio


async def fetch(name, seconds, broken):
    await asyncio.sleep(seconds)
    if broken:
        raise ValueError(f"{name} is broken")
    print(f"  {name} is done")
    return name


async def gather(return_exceptions):
    pages = [("one", 0.5, False), ("two", 0.15, True), ("three", 0.02, False)]
    tasks = [asyncio.create_task(fetch(*page)) for page in pages]
    try:
        for outcome in await asyncio.gather(*tasks, return_exceptions=return_exceptions):
            print(f"  result: {outcome}")
    except ValueError as error:
        print(f"  raised: {error}; the others keep running")
        await tasks[0]


async def main():
    print("with return_exceptions")
    await gather(True)
    print("without return_exceptions")
    await gather(False)


asyncio.run(main())
