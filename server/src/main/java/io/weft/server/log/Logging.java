package io.weft.server.log;

import io.weft.server.config.Configuration.LogFormat;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Sets up a process's logging. */
public final class Logging {
    /** Holds the loggers that are set up, because the JDK keeps loggers only weakly; made after {@link #prepare}. */
    private static final class Loggers {
        static final Logger ROOT = Logger.getLogger("");
        static final Logger WEFT = Logger.getLogger("io.weft");
    }

    private Logging() {}

    /** To be called first of all in a process, before anybody logs. */
    public static void prepare() {
        System.setProperty("java.util.logging.manager", KeptLogManager.class.getName());
    }

    /** Writes log lines of Weft from a level on, and warnings of everything else, to standard error. */
    public static void start(LogFormat format, System.Logger.Level level) {
        for (Handler handler : Loggers.ROOT.getHandlers()) {
            Loggers.ROOT.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        console.setFormatter(
                switch (format) {
                    case TEXT -> new TextLines();
                    case JSON -> new JsonLines();
                });
        Loggers.ROOT.addHandler(console);
        Loggers.ROOT.setLevel(Level.WARNING);
        Loggers.WEFT.setLevel(toJul(level));
    }

    private static Level toJul(System.Logger.Level level) {
        return switch (level) {
            case ALL -> Level.ALL;
            case TRACE -> Level.FINER;
            case DEBUG -> Level.FINE;
            case INFO -> Level.INFO;
            case WARNING -> Level.WARNING;
            case ERROR -> Level.SEVERE;
            case OFF -> Level.OFF;
        };
    }
}
