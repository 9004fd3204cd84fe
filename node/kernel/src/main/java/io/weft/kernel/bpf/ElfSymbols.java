package io.weft.kernel.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The global variables of a 64-bit ELF object: name to section, offset and size. */
final class ElfSymbols {
    /**
     * Where a variable lies.
     *
     * @param section such as {@code .rodata}
     * @param offset bytes from the section's start
     * @param size bytes
     */
    record Variable(String section, int offset, int size) {}

    private static final int SYMBOL_TABLE = 2;
    private static final int OBJECT_SYMBOL = 1;

    private final Map<String, Variable> variables = new HashMap<>();

    ElfSymbols(byte[] image) {
        if (image.length < 64 || image[0] != 0x7f || image[1] != 'E' || image[2] != 'L' || image[3] != 'F') {
            throw new IllegalArgumentException("not an ELF object");
        }
        if (image[4] != 2) {
            throw new IllegalArgumentException("not a 64-bit ELF object");
        }
        ByteBuffer elf = ByteBuffer.wrap(image).order(image[5] == 1 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int sections = (int) elf.getLong(40);
        int sectionSize = elf.getShort(58);
        int sectionCount = elf.getShort(60);
        int names = sections + elf.getShort(62) * sectionSize;
        for (int i = 0; i < sectionCount; i++) {
            int section = sections + i * sectionSize;
            if (elf.getInt(section + 4) == SYMBOL_TABLE) {
                readSymbols(elf, section, sections, sectionSize, sectionCount, names);
            }
        }
    }

    Optional<Variable> find(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    private void readSymbols(
            ByteBuffer elf, int table, int sections, int sectionSize, int sectionCount, int sectionNames) {
        int start = (int) elf.getLong(table + 24);
        int end = start + (int) elf.getLong(table + 32);
        int strings = sections + elf.getInt(table + 40) * sectionSize;
        for (int symbol = start; symbol < end; symbol += 24) {
            int section = Short.toUnsignedInt(elf.getShort(symbol + 6));
            if ((elf.get(symbol + 4) & 0xf) == OBJECT_SYMBOL && section > 0 && section < sectionCount) {
                String sectionName = string(elf, sectionNames, elf.getInt(sections + section * sectionSize));
                variables.put(
                        string(elf, strings, elf.getInt(symbol)),
                        new Variable(sectionName, (int) elf.getLong(symbol + 8), (int) elf.getLong(symbol + 16)));
            }
        }
    }

    private static String string(ByteBuffer elf, int table, int offset) {
        int start = (int) elf.getLong(table + 24) + offset;
        int end = start;
        while (elf.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - start];
        elf.get(start, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
