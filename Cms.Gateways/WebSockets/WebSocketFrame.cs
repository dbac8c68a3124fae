using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Cms.Gateways.WebSockets;

/// <summary>The head of a frame (RFC 6455, 5.2): what it is and how long. Pure.</summary>
/// <param name="IsFinal">Whether it ends its message.</param>
/// <param name="Opcode">What it is.</param>
/// <param name="HeaderBytes">How long the head is, the mask included.</param>
/// <param name="PayloadBytes">How long the rest is.</param>
internal readonly record struct WebSocketFrame(bool IsFinal, WebSocketOpcode Opcode, int HeaderBytes, long PayloadBytes)
{
    /// <summary>The longest head of a frame that a server sends.</summary>
    public const int MaxServerHeaderBytes = 10;

    /// <summary>The most bytes in a control frame.</summary>
    public const int MaxControlBytes = 125;

    /// <summary>The longest head of any frame.</summary>
    public const int MaxHeaderBytes = 14;

    private const int MaskBytes = 4;
    private const byte Final = 0x80;
    private const byte Reserved = 0x70;
    private const byte OpcodeBits = 0x0F;
    private const byte Masked = 0x80;
    private const byte SixteenBits = 126;
    private const byte SixtyFourBits = 127;

    /// <summary>Whether it is no part of a message.</summary>
    public bool IsControl => Opcode >= WebSocketOpcode.Close;

    /// <summary>Reads the head of a frame that a client sent.</summary>
    /// <param name="bytes">From the frame's first byte on.</param>
    /// <param name="frame">The head, when all of it is there.</param>
    /// <returns>False when bytes are missing.</returns>
    /// <exception cref="WebSocketProtocolException">It is none.</exception>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out WebSocketFrame? frame)
    {
        frame = null;
        if (bytes.Length < 2)
        {
            return false;
        }

        var length = (byte)(bytes[1] & ~Masked);
        var lengthBytes = length switch { SixteenBits => sizeof(ushort), SixtyFourBits => sizeof(ulong), _ => 0 };
        Check((bytes[0] & Reserved) == 0, "a reserved bit is set and no extension was agreed on");
        Check((bytes[1] & Masked) != 0, "a frame of a client has to be masked");
        if (bytes.Length < 2 + lengthBytes + MaskBytes)
        {
            return false;
        }

        var payload = length switch
        {
            SixteenBits => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            SixtyFourBits => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => (long)length,
        };
        Check(payload >= lengthBytes switch { sizeof(ushort) => SixteenBits, sizeof(ulong) => ushort.MaxValue + 1L, _ => 0 }, "a length has to be in its shortest form");
        var read = new WebSocketFrame((bytes[0] & Final) != 0, (WebSocketOpcode)(bytes[0] & OpcodeBits), 2 + lengthBytes + MaskBytes, payload);
        Check(Enum.IsDefined(read.Opcode), "there is no such opcode");
        Check(!read.IsControl || (read.IsFinal && payload <= MaxControlBytes), "a control frame is whole and has at most 125 bytes");
        frame = read;
        return true;
    }

    /// <summary>Takes the mask off a payload, in its place.</summary>
    /// <param name="mask">The last four bytes of the head.</param>
    /// <param name="payload">The payload.</param>
    public static void Unmask(ReadOnlySpan<byte> mask, Span<byte> payload)
    {
        for (var index = 0; index < payload.Length; index++)
        {
            payload[index] ^= mask[index % MaskBytes];
        }
    }

    /// <summary>Writes the head of a whole message or control frame that a server sends.</summary>
    /// <param name="target">At least <see cref="MaxServerHeaderBytes"/>.</param>
    /// <param name="opcode">What it is.</param>
    /// <param name="payloadBytes">How long the rest is.</param>
    /// <returns>How long the head is.</returns>
    public static int WriteHeader(Span<byte> target, WebSocketOpcode opcode, int payloadBytes)
    {
        target[0] = (byte)(Final | (byte)opcode);
        switch (payloadBytes)
        {
            case < SixteenBits:
                target[1] = (byte)payloadBytes;
                return 2;
            case <= ushort.MaxValue:
                target[1] = SixteenBits;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payloadBytes);
                return 2 + sizeof(ushort);
            default:
                target[1] = SixtyFourBits;
                BinaryPrimitives.WriteInt64BigEndian(target[2..], payloadBytes);
                return 2 + sizeof(ulong);
        }
    }

    private static void Check(bool isRight, string wrong)
    {
        if (!isRight)
        {
            throw new WebSocketProtocolException(WebSocketCloseCode.ProtocolError, wrong);
        }
    }
}
