const retryMs = 2_000;

/**
 * Calls back for every new block that a websocket tells of, and whenever it connects. Subscriptions die silently, so this is
 * a wake-up only: who is woken asks for himself, and asks without it too. Returns what stops it.
 */
export function wakeOnBlocks(url: string, onBlock: () => void): () => void {
  let stopped = false;
  let socket: WebSocket | undefined;
  let retry: NodeJS.Timeout | undefined;

  function connect(): void {
    socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      socket?.send('{"jsonrpc":"2.0","id":1,"method":"eth_subscribe","params":["newHeads"]}');
    });
    socket.addEventListener("message", () => onBlock());
    // An error is always followed by close.
    socket.addEventListener("close", () => {
      if (!stopped) retry = setTimeout(connect, retryMs).unref();
    });
  }

  connect();
  return () => {
    stopped = true;
    clearTimeout(retry);
    socket?.close();
  };
}
