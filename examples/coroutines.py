"""Coroutines: calling one creates an object that does nothing until it is awaited."""

import asyncio


async def add(a, b):
    print(f"adding {a} and {b}")
    await asyncio.sleep(0.01)
    return a + b


async def add_all(numbers):
    sum = 0
    for number in numbers:
        sum = await add(sum, number)
    return sum


async def main():
    coroutine = add_all([1, 2, 3])
    print(f"the sum is {await coroutine}")


asyncio.run(main())
