package io.weft.kernel.socket;

/**
 * A frame that came in.
 *
 * @param interfaceIndex where it came in
 * @param type whom it was for
 * @param bytes from its Ethernet header on; checksums may still be left to the hardware
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are this frame's own and nobody compares frames
public record Frame(int interfaceIndex, PacketType type, byte[] bytes) {}
