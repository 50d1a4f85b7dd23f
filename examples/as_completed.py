"""as_completed: handles results in the order of completion."""

import asyncio


async def fetch(name, seconds):
    await asyncio.sleep(seconds)
    return name


async def main():
    pages = [("slow", 0.3), ("quick", 0.05), ("middling", 0.15)]
    tasks = [asyncio.create_task(fetch(*page)) for page in pages]
    for future in asyncio.as_completed(tasks):
        print(f"{await future} is done")


asyncio.run(main())
