package io.weft.kubernetes.translate;

import java.util.Locale;
import java.util.Optional;

/** A transport protocol that policies may name. */
public enum Protocol {
    TCP,
    UDP,
    SCTP;

    /** The protocol of this name; TCP when there is none, as Kubernetes has it. */
    static Protocol of(Optional<String> name) {
        if (name.isEmpty()) {
            return TCP;
        }
        try {
            return valueOf(name.get());
        } catch (IllegalArgumentException e) {
            throw new RefusedException("protocol '" + name.get() + "' is neither TCP, UDP nor SCTP");
        }
    }

    /** Neutron's name. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
