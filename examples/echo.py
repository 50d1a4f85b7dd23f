"""Streams: a server that echoes every line, and a client."""

import asyncio


async def echo(reader, writer):
    while line := await reader.readline():
        print("server:", line.decode(), end="")
        writer.write(line)
        await writer.drain()
    writer.close()


async def exchange(reader, writer, text):
    writer.write(text)
    await writer.drain()
    line = await reader.readline()
    print("client:", line.decode(), end="")


async def run_client(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await exchange(reader, writer, b"Hello\n")
    await exchange(reader, writer, b"Goodbye\n")
    writer.close()
    await writer.wait_closed()


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    await run_client(server.sockets[0].getsockname()[1])
    server.close()
    await server.wait_closed()


asyncio.run(main())
