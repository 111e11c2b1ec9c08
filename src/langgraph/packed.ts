/** Values as LangGraph's serializer makes them, as text. */
import type { SerializerProtocol } from '@langchain/langgraph-checkpoint'

export type Packed = readonly [type: string, text: string]

const BASE64 = 'base64:'

export async function pack(serde: SerializerProtocol, value: unknown): Promise<Packed> {
  const [type, bytes] = await serde.dumpsTyped(value)
  if (type === 'json') return [type, new TextDecoder().decode(bytes)]
  return [BASE64 + type, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))]
}

export function unpack(serde: SerializerProtocol, [type, text]: Packed): Promise<unknown> {
  if (!type.startsWith(BASE64)) return serde.loadsTyped(type, text)
  return serde.loadsTyped(
    type.slice(BASE64.length),
    Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)),
  )
}
