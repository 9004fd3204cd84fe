package io.weft.server.keystone;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.weft.rest.ApiException;
import io.weft.rest.Authenticator;
import io.weft.rest.Caller;
import io.weft.rest.RestError;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Callers known by Keystone's tokens, sent as {@code X-Auth-Token}. Whoever has the role {@code admin} is an administrator,
 * as Neutron's default policy has it; everybody else needs a token of a project.
 *
 * <p>An answer is remembered until the token expires, but no longer than the settings say; that a token is not known is
 * remembered as well, so that neither costs Keystone more than one question at a time. When Keystone is away, callers who
 * are remembered go on, all others are told that the service is unavailable. A token that has expired under way counts when
 * a service sends it on with a token of its own ({@code X-Service-Token}). Only digests of tokens are kept.
 */
public final class KeystoneAuthenticator implements Authenticator, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(KeystoneAuthenticator.class.getName());
    private static final int LONGEST_TOKEN = 8_192;
    private static final int REMEMBERED = 20_000;

    private final KeystoneClient keystone;
    private final KeystoneSettings settings;
    private final Clock clock;
    private final Cache<String, Optional<TokenFacts>> answers;
    private final AtomicBoolean away = new AtomicBoolean();

    public KeystoneAuthenticator(KeystoneSettings settings, Clock clock) {
        this.keystone = new KeystoneClient(settings);
        this.settings = settings;
        this.clock = clock;
        this.answers = Caffeine.newBuilder()
                .maximumSize(REMEMBERED)
                .expireAfter(Expiry.<String, Optional<TokenFacts>>creating((digest, facts) -> settings.remember()))
                .build();
    }

    @Override
    public Caller authenticate(Credentials credentials) {
        String token = credentials
                .header("X-Auth-Token")
                .filter(KeystoneAuthenticator::isToken)
                .orElseThrow(this::stranger);
        boolean serviceAsks = credentials
                .header("X-Service-Token")
                .filter(KeystoneAuthenticator::isToken)
                .flatMap(service -> known(service, false))
                .filter(service -> service.roles().contains("service"))
                .isPresent();
        TokenFacts facts = known(token, serviceAsks).orElseThrow(this::stranger);
        boolean admin = facts.roles().contains("admin");
        if (!admin && facts.project().isEmpty()) {
            throw RestError.NOT_AUTHORIZED.with("The token is not scoped to a project.");
        }
        return new Caller(facts.project().orElse(""), facts.user(), facts.roles(), admin);
    }

    private Optional<TokenFacts> known(String token, boolean allowExpired) {
        // One question for one token at a time; the others who ask it wait for its answer.
        Optional<TokenFacts> facts =
                answers.get((allowExpired ? "+" : "-") + digest(token), key -> ask(token, allowExpired));
        return facts.filter(found -> allowExpired || clock.instant().isBefore(found.expires()));
    }

    private Optional<TokenFacts> ask(String token, boolean allowExpired) {
        try {
            Optional<TokenFacts> facts = keystone.validate(token, allowExpired);
            if (away.getAndSet(false)) {
                LOGGER.log(INFO, "keystone answers again", Map.entry("url", settings.url()));
            }
            return facts;
        } catch (KeystoneUnavailableException e) {
            if (!away.getAndSet(true)) {
                LOGGER.log(
                        WARNING,
                        "keystone cannot be asked about tokens",
                        Map.entry("url", settings.url()),
                        Map.entry("reason", String.valueOf(e.getMessage())));
            }
            throw RestError.UNAVAILABLE.with("The Keystone service is temporarily unavailable.");
        }
    }

    private ApiException stranger() {
        return Authenticator.refused().withChallenge("Keystone uri=\"" + settings.publicUrl() + "\"");
    }

    /** Whether it can be a token at all: visible ASCII, and not too long. */
    private static boolean isToken(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_TOKEN && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public void close() {
        keystone.close();
    }
}
