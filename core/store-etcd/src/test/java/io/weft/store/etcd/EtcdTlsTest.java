package io.weft.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.store.Bytes;
import io.weft.store.CommitResult;
import io.weft.store.KeyRange;
import io.weft.store.StoreError;
import io.weft.store.StoreException;
import io.weft.store.Transaction;
import io.weft.store.Watch;
import io.weft.store.contract.RecordingListener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that speaks TLS alone and lets in whoever has a certificate of its authority. */
class EtcdTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    @TempDir
    private Path directory;

    @BeforeEach
    void certify() throws Exception {
        authority("ca");
        authority("stranger");
        certificate("server", "ca");
        certificate("client", "ca");
        certificate("intruder", "stranger");
    }

    @Test
    void aStoreIsUsedWithACertificateOfTheRightAuthorityAndNoOther() {
        try (EtcdCluster cluster = EtcdCluster.start(
                1,
                List.of(
                        "--max-txn-ops=4096",
                        "--max-request-bytes=8388608",
                        "--client-cert-auth",
                        "--trusted-ca-file=" + file("ca.pem"),
                        "--cert-file=" + file("server.pem"),
                        "--key-file=" + file("server.key")),
                files("ca", "client"))) {
            List<URI> endpoints = cluster.endpoints();
            assertThat(endpoints).allMatch(endpoint -> endpoint.getScheme().equals("https"));
            RecordingListener listener = new RecordingListener();
            try (EtcdStore store = EtcdStore.open(endpoints, files("ca", "client"), PATIENCE);
                    Watch watch = store.watch(KeyRange.prefix("a"), store.revision() + 1, listener)) {
                assertThat(watch).isNotNull();
                assertThat(store.commit(Transaction.builder()
                                .create("a", Bytes.utf8("secret"))
                                .build()))
                        .isInstanceOf(CommitResult.Committed.class);
                assertThat(listener.await(store.revision())).hasSize(1);
                assertThat(store.get("a").orElseThrow().value().utf8()).isEqualTo("secret");
            }
            unavailable(endpoints, new TlsFiles(Optional.of(file("ca.pem")), Optional.empty(), Optional.empty()));
            unavailable(endpoints, files("ca", "intruder"));
            unavailable(endpoints, files("stranger", "client"));
            unavailable(endpoints, TlsFiles.NONE);
        }
    }

    private static void unavailable(List<URI> endpoints, TlsFiles files) {
        assertThatThrownBy(() -> EtcdStore.open(endpoints, files, SHORT).close())
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.UNAVAILABLE));
    }

    @Test
    void filesThatCannotBeUsedAreNamed() throws IOException {
        List<URI> endpoints = List.of(URI.create("https://127.0.0.1:1"));
        Path broken = Files.writeString(directory.resolve("broken.pem"), "nothing");
        for (TlsFiles files : List.of(
                new TlsFiles(Optional.of(broken), Optional.empty(), Optional.empty()),
                new TlsFiles(Optional.empty(), Optional.of(broken), Optional.of(file("client.key"))))) {
            assertThatThrownBy(() -> EtcdStore.open(endpoints, files, SHORT).close())
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.error()).isEqualTo(StoreError.INVALID_REQUEST))
                    .hasMessageContaining("broken.pem");
        }
    }

    private TlsFiles files(String authority, String name) {
        return new TlsFiles(
                Optional.of(file(authority + ".pem")),
                Optional.of(file(name + ".pem")),
                Optional.of(file(name + ".key")));
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void authority(String name) throws Exception {
        openssl(name, List.of("-addext", "keyUsage=critical,keyCertSign"));
    }

    private void certificate(String name, String authority) throws Exception {
        openssl(
                name,
                List.of(
                        "-CA",
                        file(authority + ".pem").toString(),
                        "-CAkey",
                        file(authority + ".key").toString(),
                        "-addext",
                        "subjectAltName=IP:127.0.0.1",
                        "-addext",
                        "basicConstraints=critical,CA:FALSE"));
    }

    private void openssl(String name, List<String> options) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", "ec"));
        command.addAll(List.of("-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"));
        command.addAll(
                List.of("-subj", "/CN=" + name, "-out", file(name + ".pem").toString()));
        command.addAll(List.of("-keyout", file(name + ".key").toString()));
        command.addAll(options);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(file(name + ".log").toFile())
                .start();
        assertThat(process.waitFor()).as(Files.readString(file(name + ".log"))).isZero();
    }
}
