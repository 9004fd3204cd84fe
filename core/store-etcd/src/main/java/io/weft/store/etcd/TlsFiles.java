package io.weft.store.etcd;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Where the certificates for {@code https} endpoints lie, all as PEM. They are read when the store is opened.
 *
 * @param authority whose servers are trusted; without it those that Java trusts
 * @param certificate what this client shows, with what leads to its authority after it; only with {@code key}
 * @param key of the certificate, in PKCS #8 ({@code BEGIN PRIVATE KEY}) and without a password
 */
public record TlsFiles(Optional<Path> authority, Optional<Path> certificate, Optional<Path> key) {
    public static final TlsFiles NONE = new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * @throws StoreException {@link StoreError#INVALID_REQUEST} when a file cannot be used, naming it
     */
    SslContext context() {
        SslContextBuilder builder = GrpcSslContexts.forClient();
        authority.ifPresent(file -> use(file, path -> builder.trustManager(path.toFile())));
        certificate.ifPresent(file -> use(
                file, path -> builder.keyManager(path.toFile(), key.orElse(path).toFile())));
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new StoreException(StoreError.INVALID_REQUEST, "TLS cannot be set up: " + e.getMessage(), e);
        }
    }

    private static void use(Path file, Consumer<Path> user) {
        try {
            user.accept(file);
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    StoreError.INVALID_REQUEST, file + " cannot be used for TLS: " + e.getMessage(), e);
        }
    }
}
