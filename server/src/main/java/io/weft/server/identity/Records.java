package io.weft.server.identity;

import io.weft.store.Bytes;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Versioned;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** What identity keeps in the store, and under which keys. */
final class Records {
    static final String PREFIX = "identity/";
    static final String AUTHORITY = PREFIX + "authority";
    static final String TOKENS = PREFIX + "token/";
    static final String HOSTS = PREFIX + "host/";
    static final String REVOKED = PREFIX + "revoked/";

    private static final int FORMAT = 1;
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Records() {}

    /**
     * The certificate authority.
     *
     * @param certificate its certificate in PEM
     * @param key its private key in PKCS #8, encrypted under the master key
     */
    record AuthorityRecord(String certificate, String key) {}

    /**
     * An enrolment token.
     *
     * @param digest the SHA-256 of its secret part in hexadecimal
     * @param host the only host that it is for; empty for any new one
     * @param expiresAt when it stops working
     */
    record TokenRecord(String digest, String host, Instant expiresAt) {}

    /** A certificate of a host that was neither revoked nor is over. */
    record IssuedRecord(String serial, Instant notAfter) {}

    /**
     * A host's certificates; every change of them rewrites this key, so that issuing and revoking exclude each other.
     */
    record HostRecord(List<IssuedRecord> certificates) {
        HostRecord {
            certificates = List.copyOf(certificates);
        }
    }

    /** A certificate that was revoked, kept until it would have been over. */
    record RevokedRecord(String host, Instant notAfter) {}

    static Bytes encode(Object value) {
        return Versioned.encode(FORMAT, JSON.writeValueAsBytes(value));
    }

    static <T> T decode(Bytes value, Class<T> type) {
        Versioned versioned = Versioned.decode(value);
        if (versioned.format() > FORMAT) {
            throw new StoreException(
                    StoreError.NEWER_FORMAT,
                    "an identity has format " + versioned.format() + ", written by a newer build");
        }
        try {
            return versioned.body().read((array, offset, length) -> JSON.readValue(array, offset, length, type));
        } catch (JacksonException e) {
            throw new StoreException(StoreError.CORRUPT, "an identity cannot be read", e);
        }
    }
}
