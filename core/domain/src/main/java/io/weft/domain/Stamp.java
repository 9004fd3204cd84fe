package io.weft.domain;

import io.weft.domain.error.Problem;
import io.weft.model.Meta;
import io.weft.model.Resource;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** Makes and renews metadata by a clock, to the second. */
record Stamp(Clock clock) {
    private static final int MAX_TAGS = 50;

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    Meta create(UUID id, String project, String name, String description, List<String> tags) {
        Meta meta = Meta.create(id, project, name, description, now());
        return tags.isEmpty() ? meta : tag(meta, tags);
    }

    Meta create(UUID id, String project, Labels labels) {
        return create(id, project, labels.name(), labels.description(), labels.tags());
    }

    Meta describe(Resource resource, Optional<String> name, Optional<String> description) {
        Meta meta = resource.meta();
        return name.isEmpty() && description.isEmpty()
                ? meta
                : meta.describe(name.orElse(meta.name()), description.orElse(meta.description()));
    }

    /** The same with other tags, not more than a resource may have. */
    static Meta tag(Meta meta, List<String> tags) {
        Meta tagged = meta.tag(tags);
        if (tagged.tags().size() > MAX_TAGS) {
            throw Problem.INVALID_INPUT.with("a resource has at most " + MAX_TAGS + " tags");
        }
        return tagged;
    }

    Meta touch(Meta meta) {
        return meta.touched(now());
    }

    /** An identity that nobody else has (RFC 9562 version 4); not a secret, so drawn without the system's entropy. */
    static UUID newId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(
                random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L);
    }
}
