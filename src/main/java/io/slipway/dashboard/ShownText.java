package io.slipway.dashboard;

import io.slipway.base.TerminalText;
import java.util.Set;
import org.thymeleaf.dialect.IPostProcessorDialect;
import org.thymeleaf.engine.AbstractTemplateHandler;
import org.thymeleaf.model.IText;
import org.thymeleaf.postprocessor.IPostProcessor;
import org.thymeleaf.postprocessor.PostProcessor;
import org.thymeleaf.templatemode.TemplateMode;

/** Takes out of every page's text what a browser would obey: marks of direction in a stranger's reason would turn the words around it. */
final class ShownText implements IPostProcessorDialect {
    private static final int LAST = 1000;

    @Override
    public String getName() {
        return "shown-text";
    }

    @Override
    public int getDialectPostProcessorPrecedence() {
        return LAST;
    }

    @Override
    public Set<IPostProcessor> getPostProcessors() {
        return Set.of(new PostProcessor(TemplateMode.HTML, Handler.class, LAST));
    }

    /** Made anew by Thymeleaf for each page. */
    public static final class Handler extends AbstractTemplateHandler {
        @Override
        public void handleText(IText text) {
            String shown = TerminalText.lines(text.getText());
            super.handleText(
                    shown.equals(text.getText())
                            ? text
                            : getContext().getModelFactory().createText(shown));
        }
    }
}
