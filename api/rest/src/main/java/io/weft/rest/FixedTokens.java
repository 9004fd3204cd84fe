package io.weft.rest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * Callers known by tokens from the configuration, sent as {@code X-Auth-Token}. Only digests of the tokens are kept,
 * so neither a memory dump nor the time that a look-up takes tells a token.
 */
public final class FixedTokens implements Authenticator {
    private final Map<String, Caller> callers;

    /** @param callers the caller of each token, who gets implied roles too; a token has at least eight characters */
    public FixedTokens(Map<String, Caller> callers) {
        Map<String, Caller> byDigest = new HashMap<>();
        callers.forEach((token, caller) -> {
            if (token.length() < 8) {
                throw new IllegalArgumentException("a token must have at least 8 characters");
            }
            byDigest.put(digest(token), caller.withImpliedRoles());
        });
        this.callers = Map.copyOf(byDigest);
    }

    @Override
    public Caller authenticate(Credentials credentials) {
        String token = credentials.header("X-Auth-Token").orElseThrow(Authenticator::refused);
        Caller caller = callers.get(digest(token));
        if (caller == null) {
            throw Authenticator.refused();
        }
        return caller;
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
