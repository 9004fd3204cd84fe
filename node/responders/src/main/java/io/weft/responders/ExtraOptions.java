package io.weft.responders;

import io.weft.model.DhcpOption;
import io.weft.model.IpFamily;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** The options that a tenant sets on a port, by number, as a client with these tags gets them. */
final class ExtraOptions {
    private ExtraOptions() {}

    /**
     * The options of a family. A name like {@code tag:ipxe,67} holds for clients with that tag and overrules the plain
     * one; {@code tag:!ipxe,67} holds for the others. Options that no wire form exists for are left out.
     */
    static Map<Integer, byte[]> encode(List<DhcpOption> options, IpFamily family, Set<String> tags) {
        Map<Integer, byte[]> plain = new LinkedHashMap<>();
        Map<Integer, byte[]> tagged = new LinkedHashMap<>();
        for (DhcpOption option : options) {
            if (option.family() != family) {
                continue;
            }
            String name = option.name();
            boolean holds = true;
            boolean isTagged = false;
            while (name.startsWith("tag:") && name.indexOf(',') > 0) {
                String tag = name.substring(4, name.indexOf(','));
                holds &= tag.startsWith("!") ? !tags.contains(tag.substring(1)) : tags.contains(tag);
                name = name.substring(name.indexOf(',') + 1);
                isTagged = true;
            }
            if (holds) {
                put(family, name, option.value(), (isTagged ? tagged : plain)::put);
            }
        }
        plain.putAll(tagged);
        return plain;
    }

    private static void put(IpFamily family, String name, String value, BiConsumer<Integer, byte[]> sink) {
        OptionNames.find(family, name)
                .ifPresent(named ->
                        named.type().encode(value, family).ifPresent(bytes -> sink.accept(named.number(), bytes)));
    }
}
