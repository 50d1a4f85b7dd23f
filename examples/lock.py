"""Lock: protects a read-modify-write sequence from changes by other tasks."""

import asyncio


class Account:
    def __init__(self):
        self.balance = 0
        self.lock = asyncio.Lock()


async def deposit(account):
    balance = account.balance
    await asyncio.sleep(0.01)
    account.balance = balance + 10


async def deposit_locked(account):
    async with account.lock:
        await deposit(account)


async def deposit_thrice(coroutine, account):
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(coroutine(account))


async def main():
    open, locked = Account(), Account()
    await deposit_thrice(deposit, open)
    await deposit_thrice(deposit_locked, locked)
    print(f"three times 10: {open.balance} without a lock, {locked.balance} with one")


asyncio.run(main())
